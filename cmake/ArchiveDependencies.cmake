# Debian's archives in place of its shared libraries, which bring too much with them: how the module of the Python package (OCTET_WHEEL) and
# the program of the container image (OCTET_IMAGE) are linked. libarchive comes with ICU, by libxml2, for formats that octet does not read,
# OpenCV with LAPACK and with OpenGL and X11; their archives need none of it.
foreach(library IN ITEMS LibArchive_LIBRARY:archive OPENCV_CORE_LIBRARY:opencv_core OPENCV_IMGPROC_LIBRARY:opencv_imgproc)
  string(REPLACE ":" ";" library "${library}")
  list(GET library 0 variable)
  list(GET library 1 name)
  find_library(${variable} lib${name}.a REQUIRED)
endforeach()

# Behind the archive that calls them, as the linker drops what nothing before it needs.
find_library(OCTET_TBB tbb REQUIRED)
add_library(octet_no_opengl STATIC "${CMAKE_SOURCE_DIR}/cmake/no_opengl.cc")
list(APPEND OPENCV_CORE_LIBRARY octet_no_opengl "${OCTET_TBB}")

if(OCTET_WHEEL)
  # The archives of the others hold code that cannot be part of a shared library, or there is none: auditwheel puts those libraries into the
  # wheel. libcurl, which comes with Kerberos, LDAP and more, is that of the system, loaded when something is downloaded.
  set(needed libacl.a liblz4.a libnettle.a libbz2.so liblzma.so libzstd.so libz.so)
  find_path(CURL_INCLUDE_DIR curl/curl.h REQUIRED)
  add_library(octet_curl STATIC "${CMAKE_SOURCE_DIR}/python/load_curl.cc")
  target_include_directories(octet_curl SYSTEM PUBLIC "${CURL_INCLUDE_DIR}")
  target_link_libraries(octet_curl PRIVATE ${CMAKE_DL_LIBS})
else()
  # A program can hold all of which there are archives.
  set(CMAKE_FIND_LIBRARY_SUFFIXES .a .so)
  set(needed libLerc.a libjbig.a libdeflate.a libwebp.a libjpeg.a libacl.a liblz4.a libnettle.a libbz2.a liblzma.a libzstd.a libz.a)
endif()

# What the archives refer to.
add_library(octet_archives_need INTERFACE)
foreach(file IN LISTS needed)
  find_library(OCTET_NEEDS_${file} ${file} REQUIRED)
  target_link_libraries(octet_archives_need INTERFACE "${OCTET_NEEDS_${file}}")
endforeach()
