// The tempers of random hosts: honest, about us, lying, broken.
#ifndef CBV_TESTS_SIM_RANDOM_TEMPER_HPP
#define CBV_TESTS_SIM_RANDOM_TEMPER_HPP

#include <string>

#include "cbv/base/random.hpp"

namespace cbv::sim {

/// The lines of a host section, and what they do to the truth of those whose mail the host takes.
struct temper {
  std::string lines;
  bool takes_any = false;         // says 250 to every mailbox
  bool takes_no_mail = false;     // 521
  bool takes_no_bounces = false;  // refuses MAIL FROM:<>
};

temper draw_temper(random_source& chance);

}  // namespace cbv::sim

#endif
