# How the Python package's module is linked, so that it needs nothing of the system but the C and C++ libraries. auditwheel puts the shared
# libraries that it loads into the wheel. Two of Debian's would bring too much with them, and are linked from archives: libarchive's (ICU, by
# libxml2, for formats that octet does not read) and OpenCV's (LAPACK, OpenGL with X11). The archives of the others hold code that cannot be
# part of a shared library, or there is none.
foreach(library IN ITEMS LibArchive_LIBRARY:archive OPENCV_CORE_LIBRARY:opencv_core OPENCV_IMGPROC_LIBRARY:opencv_imgproc)
  string(REPLACE ":" ";" library "${library}")
  list(GET library 0 variable)
  list(GET library 1 name)
  find_library(${variable} lib${name}.a REQUIRED)
endforeach()

# What they refer to.
add_library(octet_archives_need INTERFACE)
foreach(file IN ITEMS libacl.a liblz4.a libnettle.a libbz2.so liblzma.so libzstd.so libz.so)
  find_library(OCTET_NEEDS_${file} ${file} REQUIRED)
  target_link_libraries(octet_archives_need INTERFACE "${OCTET_NEEDS_${file}}")
endforeach()

# Behind the archive that calls it, as the linker drops shared libraries that nothing before them needs.
find_library(OCTET_TBB tbb REQUIRED)
list(APPEND OPENCV_CORE_LIBRARY "${OCTET_TBB}")

# libcurl, which comes with Kerberos, LDAP and more, is that of the system, loaded when something is downloaded.
find_path(CURL_INCLUDE_DIR curl/curl.h REQUIRED)
add_library(octet_curl STATIC "${CMAKE_SOURCE_DIR}/python/load_curl.cc")
target_include_directories(octet_curl SYSTEM PUBLIC "${CURL_INCLUDE_DIR}")
target_link_libraries(octet_curl PRIVATE ${CMAKE_DL_LIBS})
