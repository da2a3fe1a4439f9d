// Boost.Asio's own code, compiled once (BOOST_ASIO_SEPARATE_COMPILATION): without this every file
// that includes an Asio header would compile it again.
#include <boost/asio/impl/src.hpp>
