// Chance, as a seam: shuffling of equal MX hosts, jitter, query ids.
#ifndef CBV_BASE_RANDOM_HPP
#define CBV_BASE_RANDOM_HPP

#include <cstdint>
#include <limits>
#include <random>

namespace cbv {

/// A source of 64-bit numbers; a UniformRandomBitGenerator, so std::shuffle takes it. Not shared
/// between threads.
class random_source {
 public:
  using result_type = std::uint64_t;

  random_source() = default;
  random_source(const random_source&) = delete;
  random_source& operator=(const random_source&) = delete;
  virtual ~random_source() = default;

  static constexpr result_type min() { return 0; }
  static constexpr result_type max() { return std::numeric_limits<result_type>::max(); }
  result_type operator()() { return next(); }

  virtual result_type next() = 0;
};

/// A seed that no one can guess or repeat, from the operating system.
inline std::uint64_t system_seed() {
  std::random_device entropy;
  return std::uint64_t{entropy()} << 32U | entropy();
}

/// The same numbers for the same seed, on every machine.
class seeded_random final : public random_source {
 public:
  explicit seeded_random(std::uint64_t seed) : engine_(seed) {}
  result_type next() override { return engine_(); }

 private:
  std::mt19937_64 engine_;
};

}  // namespace cbv

#endif
