// OpenCV's archive refers to OpenGL's loader. octet opens no window, and neither a wheel nor a container image is to need OpenGL.
extern "C" void* glXGetProcAddressARB(const unsigned char*) { return nullptr; }
