#include "cbv/smtp/word_patterns.hpp"

#include <algorithm>
#include <array>
#include <cassert>

#include "cbv/base/ascii.hpp"

namespace cbv::smtp {
namespace {

constexpr std::size_t fillers_max = 5;
constexpr std::size_t any_words_max = 6;
constexpr std::size_t reach = 63;  // words that one alternative can span

// Words between two others that change nothing of what they say together: articles, forms of "to
// be" and "to have", prepositions, what a mailbox is called. Without accents, as texts are folded.
constexpr std::string_view fillers =
    "@ a aan abonne account accounts actually address addresses administratively aktuell al "
    "alias all alla also am an and any apparently appear appears aqui are as at auf aux be "
    "been bei being benutzers bir bruker bu but by called ce ces cet cette con correio "
    "courrier currently d da dans das de dei del della dem den der des destinataire "
    "destinatario deze di dicha dicho did die diese diesem dieser dieses dit dla do does dos "
    "du e ed een ein eine einen either el electronica electronico elektroniczna "
    "elektronische elektronisches eletronica eletronico elettronica email emailaddress "
    "emails empfaengers empfangers en entered entrada es esa ese est esta estado este ete "
    "foi following for fur given gli ha had has have having he her here het hier his hos i "
    "ici id il in indicated intended into is ist it its je jest just l la las le les lettres "
    "lo local los mail mailaddress mailbenutzer mailbox met mit mogoce my name named nel now "
    "o obecnie odbiorcy of on ontvanger op or os our para per pocztowa poczty pod posta "
    "postal postale pour prijemce pro probably provided quello questa questo recepcion "
    "reception recipient requested ricezione s seem seems sera she sido sind sorry specified "
    "state stato status su such sul supplied sur ta takego taki takie takiego takogo takovy "
    "taky tal temporarily ten tento that the their there these they this those to toto tu "
    "tym u um uma un una une uno unter user usuario utente utilisateur v ve virtual von voor "
    "votre w war was we were which wird with within wurde you your zde zu zum zur "
    "bila bio bola bolo byl byla bylo det den er ar var zostal zostala zostalo zostaly tata tato "
    "takiej taka ilyen ole fost blev blevet bol finales final tejto tento taj postala postalei "
    "olarak bulunan adli isimli nimella namn med navn nosaukumu "
    "tego tej takova olarak boyle sich hat ova ovaj ta sa "
    "получателя почтового почтовый такого такой fue fueron stata stati electronique indiquee "
    "indique indicado indicada richiesta richiesto "
    "specificata specificato angegebene angegebener angegebenes demandee szamara запись записи "
    "запис "
    "nest na sest pudo ser se puede podido kon worden werd wordt kunnen pocztowe tomto serveru "
    "serverze sunucuda указан указана pochtovyj pochtovyi lutilisateur van foi podle "
    "такъв такава megadott такий такої цей ця";

// Takes what stands before `mark` off the front of `text`, and the mark.
std::string_view take_until(std::string_view& text, char mark) {
  const std::size_t end = std::min(text.find(mark), text.size());
  const std::string_view front = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return front;
}

// A host name, or a local-part that looks like one.
bool is_dotted_name(std::string_view word) {
  return word.find('.') != std::string_view::npos &&
         std::any_of(word.begin(), word.end(), [](char c) { return ascii::is_alpha(c); });
}

// Most words that lack a part of a glob lack one of its letters, too: that is quickly seen.
std::uint32_t letters_of(std::string_view word) {
  std::uint32_t letters = 0;
  for (const char c : word) letters |= c == '*' ? 0U : 1U << (static_cast<unsigned char>(c) & 31U);
  return letters;
}

// Has `word` the parts of `parts`, which "*" parts, in their order?
bool has_in_order(std::string_view word, std::string_view parts) {
  while (true) {
    const std::string_view part = take_until(parts, '*');
    const std::size_t at = word.find(part);
    if (at == std::string_view::npos) return false;
    if (parts.empty()) return true;
    word.remove_prefix(at + part.size());
  }
}

}  // namespace

word_patterns::word_patterns(std::span<const std::string_view> patterns,
                             std::span<const word_group> groups) {
  for (std::string_view words = fillers; !words.empty();) {
    fillers_.emplace(take_until(words, ' '));
  }
  for (const word_group& group : groups) {
    const symbol meaning = symbol_of('{' + std::string(group.name) + '}');
    for (std::string_view words = group.words; !words.empty();) {
      add_meaning(take_until(words, '/'), meaning);
    }
  }
  for (std::string_view pattern : patterns) {
    while (!pattern.empty()) add(count_, take_until(pattern, '|'));
    ++count_;
  }
  begun_by_.resize(symbols_);
  for (std::size_t i = 0; i < alternatives_.size(); ++i) {
    for (const symbol first : alternatives_[i].items.front().any_of) {
      begun_by_[first].push_back(i);
    }
  }
}

std::vector<bool> word_patterns::found_in(std::span<const std::string> words) const {
  std::vector<sighting> seen;
  seen.reserve(words.size());
  for (const std::string& word : words) seen.push_back(look_at(word));

  std::vector<bool> found(count_);
  for (std::span<const sighting> rest = seen; !rest.empty(); rest = rest.subspan(1)) {
    for (const symbol here : rest.front().symbols) {
      for (const std::size_t index : begun_by_[here]) {
        const alternative& candidate = alternatives_[index];
        if (!found[candidate.pattern] && begin_with(rest, candidate.items)) {
          found[candidate.pattern] = true;
        }
      }
    }
  }
  return found;
}

void word_patterns::add(std::size_t pattern, std::string_view alternative_text) {
  alternative added;
  added.pattern = pattern;
  while (!alternative_text.empty()) {
    std::string_view words = take_until(alternative_text, ' ');
    item next;
    next.kind = words == "_"   ? item_kind::fillers
                : words == "~" ? item_kind::any_words
                : words == "*" ? item_kind::any_word
                               : item_kind::words;
    if (next.kind == item_kind::words) {
      while (!words.empty()) {
        const std::string_view word = take_until(words, '/');
        const bool is_new = !symbol_names_.contains(std::string(word));
        next.any_of.push_back(symbol_of(word));
        if (is_new) add_meaning(word, next.any_of.back());
      }
      std::sort(next.any_of.begin(), next.any_of.end());
    }
    added.items.push_back(std::move(next));
  }
  assert(!added.items.empty() && !added.items.front().any_of.empty());
  alternatives_.push_back(std::move(added));
}

word_patterns::symbol word_patterns::symbol_of(std::string_view word) {
  const auto [known, is_new] = symbol_names_.try_emplace(std::string(word), symbols_);
  if (is_new) ++symbols_;
  return known->second;
}

// A text that has `word`, which may be a glob, has `meaning`.
void word_patterns::add_meaning(std::string_view word, symbol meaning) {
  glob shape;
  shape.open_start = word.starts_with('*');
  shape.open_end = word.ends_with('*');
  if (!shape.open_start && !shape.open_end) {
    literals_[std::string(word)].push_back(meaning);
    return;
  }
  word.remove_prefix(shape.open_start ? 1 : 0);
  word.remove_suffix(shape.open_end ? 1 : 0);
  for (glob& known : globs_) {
    if (known.part != word || known.open_start != shape.open_start ||
        known.open_end != shape.open_end) {
      continue;
    }
    known.meaning.push_back(meaning);
    return;
  }
  shape.part = word;
  shape.letters = letters_of(word);
  shape.meaning.push_back(meaning);
  globs_.push_back(std::move(shape));
}

word_patterns::sighting word_patterns::look_at(const std::string& word) const {
  sighting seen;
  seen.is_filler = fillers_.contains(word) || is_dotted_name(word);
  const auto known = literals_.find(word);
  if (known != literals_.end()) seen.symbols = known->second;
  const std::uint32_t letters = letters_of(word);
  for (const glob& shape : globs_) {
    if ((shape.letters & ~letters) != 0) continue;
    const bool fits = !shape.open_start ? word.starts_with(shape.part)
                      : !shape.open_end ? word.ends_with(shape.part)
                                        : has_in_order(word, shape.part);
    if (fits) seen.symbols.insert(seen.symbols.end(), shape.meaning.begin(), shape.meaning.end());
  }
  return seen;
}

bool word_patterns::fits(const sighting& word, const item& wanted) {
  return wanted.kind == item_kind::any_word ||
         std::any_of(word.symbols.begin(), word.symbols.end(), [&wanted](symbol one) {
           return std::binary_search(wanted.any_of.begin(), wanted.any_of.end(), one);
         });
}

// True if the words begin with what the items ask for. Bit n of `at` says that the items so far can
// have taken n words, so that gaps cost no second look.
bool word_patterns::begin_with(std::span<const sighting> words, std::span<const item> items) {
  std::uint64_t at = 1;
  const std::size_t last = std::min(words.size(), reach);
  for (const item& wanted : items) {
    std::uint64_t next = 0;
    if (wanted.kind == item_kind::fillers || wanted.kind == item_kind::any_words) {
      const bool any = wanted.kind == item_kind::any_words;
      next = at;
      for (std::size_t step = 0; step < (any ? any_words_max : fillers_max); ++step) {
        for (std::size_t n = 0; n < last; ++n) {
          if ((next >> n & 1U) != 0 && (any || words[n].is_filler)) at |= std::uint64_t{2} << n;
        }
        next |= at;
      }
    } else {
      for (std::size_t n = 0; n < last; ++n) {
        if ((at >> n & 1U) != 0 && fits(words[n], wanted)) next |= std::uint64_t{2} << n;
      }
    }
    if (next == 0) return false;
    at = next;
  }
  return true;
}

}  // namespace cbv::smtp
