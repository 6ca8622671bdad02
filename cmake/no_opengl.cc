// OpenCV's archive refers to OpenGL's loader. octet opens no window, and a wheel cannot ask for OpenGL to be installed.
extern "C" void* glXGetProcAddressARB(const unsigned char*) { return nullptr; }
