// A queue for what is mostly empty or short, and of which there are thousands.
#ifndef CBV_BASE_FIFO_HPP
#define CBV_BASE_FIFO_HPP

#include <algorithm>
#include <cassert>
#include <cstddef>
#include <utility>
#include <vector>

namespace cbv {

/// First in, first out. Takes no memory while it is empty, where a std::deque takes more than half
/// a kilobyte. Both ends cost constant time on average, push_front only if as many were popped
/// before. Whatever changes it invalidates references and iterators.
template <class T>
class fifo {
 public:
  using value_type = T;
  using iterator = typename std::vector<T>::iterator;
  using const_iterator = typename std::vector<T>::const_iterator;

  bool empty() const noexcept { return first_ == all_.size(); }
  std::size_t size() const noexcept { return all_.size() - first_; }

  T& front() {
    assert(!empty());
    return all_[first_];
  }
  const T& front() const {
    assert(!empty());
    return all_[first_];
  }
  T& operator[](std::size_t at) {
    assert(at < size());
    return all_[first_ + at];
  }

  iterator begin() noexcept { return all_.begin() + static_cast<std::ptrdiff_t>(first_); }
  iterator end() noexcept { return all_.end(); }
  const_iterator begin() const noexcept {
    return all_.begin() + static_cast<std::ptrdiff_t>(first_);
  }
  const_iterator end() const noexcept { return all_.end(); }

  void push_back(T one) { all_.push_back(std::move(one)); }

  void push_front(T one) {
    if (first_ == 0) {
      all_.insert(all_.begin(), std::move(one));
    } else {
      all_[--first_] = std::move(one);
    }
  }

  void pop_front() {
    assert(!empty());
    all_[first_++] = T();
    if (empty()) {
      clear();
    } else if (first_ > all_.size() / 2) {
      all_.erase(all_.begin(), begin());
      first_ = 0;
    }
  }

  /// Takes out the one at `at`, which is not the end. The first costs constant time on average.
  T take(const_iterator at) {
    assert(at != end());
    T one = std::move(*(begin() + (at - begin())));
    if (at == begin()) {
      pop_front();
    } else {
      all_.erase(at);
    }
    return one;
  }

  /// Gives the memory back, too.
  void clear() noexcept {
    std::vector<T>().swap(all_);
    first_ = 0;
  }

  template <class Predicate>
  void remove_if(Predicate unwanted) {
    all_.erase(std::remove_if(begin(), end(), unwanted), all_.end());
    if (empty()) clear();
  }

 private:
  std::vector<T> all_;
  std::size_t first_ = 0;  // those before it were popped
};

}  // namespace cbv

#endif
