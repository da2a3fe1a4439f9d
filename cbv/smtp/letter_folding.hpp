// Letters of many alphabets as one, so that a wording is found however it is spelt.
#ifndef CBV_SMTP_LETTER_FOLDING_HPP
#define CBV_SMTP_LETTER_FOLDING_HPP

#include <string>
#include <string_view>

namespace cbv::smtp {

/// `text` in lower case and without accents: A to Z, the Latin letters of Europe ("é" is "e", "ß"
/// is "ss", "ł" is "l") and Cyrillic ("ё" is "е"). Typographic quotes, dashes and spaces, and the
/// wide forms of ASCII, become ASCII. Octets that are not UTF-8 are read as ISO 8859-1, as old
/// servers mean them. All else stays. Work is linear in the text, and so is the result.
std::string fold_letters(std::string_view text);

}  // namespace cbv::smtp

#endif
