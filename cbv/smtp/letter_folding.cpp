#include "cbv/smtp/letter_folding.hpp"

#include <array>
#include <cstddef>
#include <cstdint>

#include "cbv/base/ascii.hpp"
#include "cbv/base/utf8.hpp"

namespace cbv::smtp {
namespace {

// U+00C0 to U+00FF. A space stands for "stays".
constexpr std::string_view latin_1 =
    "aaaaaa_ceeeeiiiidnooooo ouuuuy__aaaaaa_ceeeeiiiidnooooo ouuuuy_y";

// U+0100 to U+017F
constexpr std::string_view latin_extended =
    "aaaaaaccccccccddddeeeeeeeeeegggggggghhhhiiiiiiiiiiiijjkkklllllll"
    "lllnnnnnnnnnoooooooorrrrrrssssssssttttttuuuuuuuuuuuuwwyyyzzzzzzs";

static_assert(latin_1.size() == 64 && latin_extended.size() == 128);

void append_utf8(std::string& text, std::uint32_t point) {
  if (point < 0x80) {
    text += static_cast<char>(point);
  } else {
    text += static_cast<char>(0xc0U | point >> 6U);
    text += static_cast<char>(0x80U | (point & 0x3fU));
  }
}

// Letters with accents outside of those tables: Vietnamese, Romanian, Greek. 0: none of them.
std::uint32_t without_accents(std::uint32_t point) {
  struct span_of {
    std::uint32_t first, last, plain;
  };
  constexpr std::array folded{
      span_of{0x1a0, 0x1a1, 'o'},   span_of{0x1af, 0x1b0, 'u'},   span_of{0x218, 0x219, 's'},
      span_of{0x21a, 0x21b, 't'},   span_of{0x386, 0x386, 0x3b1}, span_of{0x388, 0x388, 0x3b5},
      span_of{0x389, 0x389, 0x3b7}, span_of{0x38a, 0x38a, 0x3b9}, span_of{0x38c, 0x38c, 0x3bf},
      span_of{0x38e, 0x38e, 0x3c5}, span_of{0x38f, 0x38f, 0x3c9}, span_of{0x3ac, 0x3ac, 0x3b1},
      span_of{0x3ad, 0x3ad, 0x3b5}, span_of{0x3ae, 0x3ae, 0x3b7}, span_of{0x3af, 0x3af, 0x3b9},
      span_of{0x3c2, 0x3c2, 0x3c3}, span_of{0x3ca, 0x3ca, 0x3b9}, span_of{0x3cb, 0x3cb, 0x3c5},
      span_of{0x3cc, 0x3cc, 0x3bf}, span_of{0x3cd, 0x3cd, 0x3c5}, span_of{0x3ce, 0x3ce, 0x3c9},
      span_of{0x1ea0, 0x1eb7, 'a'}, span_of{0x1eb8, 0x1ec7, 'e'}, span_of{0x1ec8, 0x1ecb, 'i'},
      span_of{0x1ecc, 0x1ee3, 'o'}, span_of{0x1ee4, 0x1ef1, 'u'}, span_of{0x1ef2, 0x1ef9, 'y'}};
  for (const span_of& letters : folded) {
    if (letters.first <= point && point <= letters.last) return letters.plain;
  }
  if (point >= 0x391 && point <= 0x3a9) return point + 0x20;
  return 0;
}

// Two letters for one.
std::string_view spelt_out(std::uint32_t point) {
  switch (point) {
    case 0xc6:
    case 0xe6:
      return "ae";
    case 0xde:
    case 0xfe:
      return "th";
    case 0xdf:
      return "ss";
    default:
      return {};
  }
}

// True if `point` was one that is folded, and has been appended.
bool append_folded(std::string& text, std::uint32_t point) {
  if (const std::string_view letters = spelt_out(point); !letters.empty()) {
    text += letters;
  } else if (point == 0xa0 || (point >= 0x2000 && point <= 0x200a) || point == 0x3000 ||
             point == 0x3001 || point == 0x3002) {
    text += ' ';
  } else if (point >= 0xc0 && point <= 0xff && latin_1[point - 0xc0] != ' ') {
    text += latin_1[point - 0xc0];
  } else if (point >= 0x100 && point <= 0x17f) {
    text += latin_extended[point - 0x100];
  } else if (point >= 0x300 && point <= 0x36f) {
    // an accent that follows its letter
  } else if (const std::uint32_t plain = without_accents(point); plain != 0) {
    append_utf8(text, plain);
  } else if (point >= 0x410 && point <= 0x42f) {
    append_utf8(text, point + 0x20);
  } else if (point == 0x401 || point == 0x451) {
    append_utf8(text, 0x435);
  } else if (point >= 0x400 && point <= 0x40f) {
    append_utf8(text, point + 0x50);
  } else if (point == 0x2018 || point == 0x2019 || point == 0xb4) {
    text += '\'';
  } else if (point == 0x201c || point == 0x201d || point == 0x201e || point == 0xab ||
             point == 0xbb) {
    text += '"';
  } else if (point >= 0x2010 && point <= 0x2015) {
    text += '-';
  } else if (point >= 0xff01 && point <= 0xff5e) {
    text += ascii::to_lower(static_cast<char>(point - 0xfee0));
  } else {
    return false;
  }
  return true;
}

std::uint32_t decode(std::string_view character) {
  const auto octet = [character](std::size_t i) {
    return std::uint32_t{static_cast<unsigned char>(character[i])};
  };
  switch (character.size()) {
    case 1:
      return octet(0);
    case 2:
      return (octet(0) & 0x1fU) << 6U | (octet(1) & 0x3fU);
    case 3:
      return (octet(0) & 0x0fU) << 12U | (octet(1) & 0x3fU) << 6U | (octet(2) & 0x3fU);
    default:
      return 0x10000;  // beyond what is folded
  }
}

}  // namespace

std::string fold_letters(std::string_view text) {
  std::string folded;
  folded.reserve(text.size());
  while (!text.empty()) {
    const char c = text.front();
    if (static_cast<unsigned char>(c) < 0x80) {
      folded += ascii::to_lower(c);
      text.remove_prefix(1);
      continue;
    }
    const std::size_t length = utf8::character_length(text);
    if (length == 0) {
      if (!append_folded(folded, static_cast<unsigned char>(c))) folded += c;
      text.remove_prefix(1);
      continue;
    }
    const std::string_view character = text.substr(0, length);
    if (!append_folded(folded, decode(character))) folded += character;
    text.remove_prefix(length);
  }
  return folded;
}

}  // namespace cbv::smtp
