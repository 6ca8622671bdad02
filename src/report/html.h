#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

// Text and numbers as they stand in the page.
namespace octet::report {

// For text and for quoted attributes. Control characters and bytes that are no UTF-8 become U+FFFD.
std::string escape(std::string_view text);

std::string base64(std::span<const std::byte> bytes);

// Fractions as percent: 0.3141 with one decimal is "31.4". "–" for -1, which COCO's numbers have where nothing is annotated.
std::string percent(double fraction, int decimals);

// The difference of two fractions in points with its sign: "+0.3", "−0.3", "0.0"; "–" if either is undefined.
std::string signed_points(double before, double after, int decimals);

std::string milliseconds(double ms);                                                    // "8.37 ms", "12.4 ms", "140 ms"
std::string megabytes(std::int64_t bytes);                                              // "18.3 MB", of a million bytes
std::string times(double ratio);                                                        // "2.4×"
std::string count_of(std::int64_t count, std::string_view one, std::string_view many);  // "1 picture", "36 pictures"

inline bool is_defined(double fraction) { return fraction >= 0; }

}  // namespace octet::report
