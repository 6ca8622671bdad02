# Debian packages of what cmake/Package.cmake installs, a component each: `cpack -G DEB` in the build folder writes octet, liboctet0.1 and
# liboctet-dev, with dependencies as dpkg-shlibdeps finds them.
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_COMPONENTS_ALL program library development)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_PACKAGE_NAME octet)
set(CPACK_PACKAGE_VERSION "${PROJECT_VERSION}")
set(CPACK_DEBIAN_PACKAGE_MAINTAINER "The authors of octet <octet@users.noreply.github.com>" CACHE STRING "Who maintains the Debian packages")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS
  OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_GENERATE_SHLIBS ON)

set(about "octet takes a published object detector (YOLO, SSD, DETR and others, from
ONNX, TensorFlow, TensorFlow Lite, Darknet or OpenVINO files) to an INT8 model,
runs it with integer kernels of its own, and measures its COCO accuracy and its
latency.")

# octet_debian_package(COMPONENT NAME SECTION SUMMARY MORE)
macro(octet_debian_package component name section summary more)
  string(TOUPPER ${component} upper)
  set(CPACK_DEBIAN_${upper}_PACKAGE_NAME ${name})
  set(CPACK_DEBIAN_${upper}_PACKAGE_SECTION ${section})
  set(CPACK_DEBIAN_${upper}_DESCRIPTION "${summary}\n${about}\n\n${more}")
  install(FILES packaging/debian/copyright DESTINATION share/doc/${name} COMPONENT ${component} EXCLUDE_FROM_ALL)
  install(FILES "${CMAKE_BINARY_DIR}/changelog.gz" DESTINATION share/doc/${name} COMPONENT ${component} EXCLUDE_FROM_ALL)
endmacro()

# Debian's form of the change log; what changed is in CHANGELOG.md. SOURCE_DATE_EPOCH sets the date.
string(TIMESTAMP changelog_date "%a, %d %b %Y %H:%M:%S +0000" UTC)
configure_file(packaging/debian/changelog.in changelog @ONLY)
execute_process(COMMAND gzip -9nc "${CMAKE_BINARY_DIR}/changelog" OUTPUT_FILE "${CMAKE_BINARY_DIR}/changelog.gz" COMMAND_ERROR_IS_FATAL ANY)

set(soname "${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR}")
octet_debian_package(program octet science "object detectors to INT8 models for CPUs"
  "This package has the program octet, and the old commands of the Open Model\nZoo as links to it.")
octet_debian_package(library liboctet${soname} libs "object detection with INT8 models on CPUs"
  "This package has the library for C and C++.")
octet_debian_package(development liboctet-dev libdevel "object detection with INT8 models on CPUs, development files"
  "This package has the headers for C and C++, and what pkg-config and CMake need.")
set(CPACK_DEBIAN_LIBRARY_PACKAGE_CONTROL_EXTRA "${CMAKE_SOURCE_DIR}/packaging/debian/triggers")
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_DEPENDS "liboctet${soname} (= ${PROJECT_VERSION})")
install(FILES examples/CMakeLists.txt examples/detect_image.c examples/detect_image.cpp DESTINATION share/doc/liboctet-dev/examples
  COMPONENT development EXCLUDE_FROM_ALL)
include(CPack)
