// The settings of routes: the tables [[route]].
#ifndef CBV_TOOLS_CBVD_SETTINGS_ROUTE_HPP
#define CBV_TOOLS_CBVD_SETTINGS_ROUTE_HPP

#include "cbv/callout/routes.hpp"
#include "tools/cbvd/setting.hpp"

namespace cbv::cbvd {

/// The list of [[route]], kept in `into`. A password is never shown, nor part of a complaint; one
/// in a file is read when the table ends. For start-up: it blocks.
table_list route_list(callout::routes& into);

}  // namespace cbv::cbvd

#endif
