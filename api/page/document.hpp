// The page of GET /: one document, joined from the other files of this folder when cbv is built.
#ifndef CBV_API_PAGE_DOCUMENT_HPP
#define CBV_API_PAGE_DOCUMENT_HPP

#include <string>
#include <string_view>

namespace cbv::api {

/// The document as it is sent, UTF-8. It has nothing of this daemon in it.
std::string_view page_document();

/// The value of Content-Security-Policy (CSP level 3) for a document of ours: its own <script> and
/// <style> elements, by their SHA-256, and what it asks of this server; nothing else. No text
/// becomes markup by a script, either (Trusted Types).
std::string content_security_policy(std::string_view document);

}  // namespace cbv::api

#endif
