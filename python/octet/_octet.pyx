# cython: language_level=3, embedsignature=False, subinterpreters_compatible=shared_gil
"""The one binary module: the C interface of octet as Python calls it. Nothing here is for users; `octet` has what is.

Paths are bytes, as os.fsencode() gives them. Whatever runs for long releases the interpreter's lock. A `progress` is called as
progress(done, total) and ends the work by returning True; a `warn` is called as warn(message). Both may come from other threads.
"""
from cpython.buffer cimport PyBUF_SIMPLE, PyBUF_STRIDED_RO, PyBUF_WRITABLE, PyBuffer_Release, PyObject_GetBuffer
from cpython.bytearray cimport PyByteArray_AsString, PyByteArray_FromStringAndSize
from cpython.dict cimport PyDict_CheckExact, PyDict_GetItemWithError
from cpython.float cimport PyFloat_AsDouble, PyFloat_Check
from cpython.long cimport PyLong_AsLongLongAndOverflow, PyLong_Check
from cpython.number cimport PyIndex_Check, PyNumber_Index
from cpython.object cimport PyObject
from libc.stdint cimport int32_t, int64_t, uint8_t, uint64_t
from libc.string cimport memcpy
from libcpp.string cimport string
from libcpp.vector cimport vector

import os
from collections.abc import Iterable


cdef extern from "Python.h":
    bint PyList_Check(object)
    Py_ssize_t PyList_Size(object) except -1
    PyObject* PyList_GetItem(object, Py_ssize_t) except NULL  # lent


cdef extern from "octet/octet_c.h" nogil:
    ctypedef enum octet_status:
        OCTET_OK
        OCTET_INVALID_ARGUMENT
        OCTET_NOT_FOUND
        OCTET_MALFORMED
        OCTET_UNSUPPORTED
        OCTET_IO
        OCTET_INTERNAL
        OCTET_CANCELLED
        OCTET_REQUIREMENT
    const char* octet_error_message()
    ctypedef struct octet_callbacks:
        int (*progress)(void* user, int64_t done, int64_t total) noexcept
        void (*warn)(void* user, const char* message) noexcept
        void* user
    const char* octet_version()
    ctypedef struct octet_image_view:
        const uint8_t* bgr
        size_t bytes
        int32_t width, height
        size_t row_bytes
    ctypedef struct octet_image:
        pass
    ctypedef struct octet_detection:
        const char* label
        int32_t class_index
        float score, x0, y0, x1, y1
    octet_status octet_read_image(const char* path, octet_image** image)
    octet_status octet_read_upright_image(const char* path, octet_image** image)
    octet_status octet_copy_image(const octet_image_view* pixels, octet_image** image)
    octet_image_view octet_image_pixels(const octet_image* image)
    octet_status octet_write_image(const octet_image* image, const char* path)
    octet_status octet_draw(octet_image* image, const octet_detection* detections, size_t count)
    void octet_image_free(octet_image* image)
    ctypedef struct octet_model:
        pass
    octet_status octet_load(const char* xml, octet_model** model)
    ctypedef struct octet_convert_options:
        const char* weights
        const char* description
        const char* labels
        octet_callbacks callbacks
        const char* const* outputs
    octet_status octet_convert(const char* source, const octet_convert_options* options, octet_model** model)
    const char* const* octet_known_models()
    octet_status octet_convert_known(const char* name, const char* model_dir, const octet_callbacks* callbacks, octet_model** model)
    ctypedef enum octet_recipe:
        OCTET_RECIPE_DEFAULT
        OCTET_RECIPE_PLAIN
    ctypedef enum octet_preset:
        OCTET_PRESET_MIXED
        OCTET_PRESET_PERFORMANCE
        OCTET_PRESET_ACCURACY
    ctypedef enum octet_target:
        OCTET_TARGET_ANY
        OCTET_TARGET_AVX2
    ctypedef struct octet_quantize_options:
        int64_t subset
        uint64_t seed
        int32_t threads
        octet_callbacks callbacks
        int32_t recipe, preset, target, strict_int8
        double min_fidelity, max_drop
        const char* annotations
        int32_t exif, all_pictures
        const char* range_estimator
        const char* explain
    octet_status octet_quantize(const octet_model* model, const char* pictures, const octet_quantize_options* options, octet_model** int8)
    const char* octet_model_name(const octet_model* model)
    int32_t octet_model_input_width(const octet_model* model)
    int32_t octet_model_input_height(const octet_model* model)
    size_t octet_model_label_count(const octet_model* model)
    const char* octet_model_label(const octet_model* model, size_t class_index)
    ctypedef struct octet_save_options:
        int32_t fp16
    octet_status octet_save(const octet_model* model, const char* xml, const octet_save_options* options)
    octet_status octet_save_onnx(const octet_model* model, const char* onnx, const octet_save_options* options)
    void octet_model_free(octet_model* model)
    ctypedef struct octet_detector:
        pass
    ctypedef struct octet_detections:
        pass
    ctypedef enum octet_infer_precision:
        OCTET_INFER_F32
        OCTET_INFER_BF16
    ctypedef struct octet_compile_options:
        int32_t threads
        const char* engine
        int32_t infer_precision
    octet_status octet_compile(const octet_model* model, const octet_compile_options* options, octet_detector** detector)
    ctypedef struct octet_detect_options:
        double score_threshold
        size_t max_detections
        int32_t exif
    octet_status octet_detect(octet_detector* detector, const octet_image_view* pixels, const octet_detect_options* options,
                              octet_detections** found)
    octet_status octet_detect_file(octet_detector* detector, const char* picture, const octet_detect_options* options,
                                   octet_detections** found)
    size_t octet_detections_count(const octet_detections* found)
    const octet_detection* octet_detections_data(const octet_detections* found)
    void octet_detections_free(octet_detections* found)
    void octet_detector_free(octet_detector* detector)
    ctypedef struct octet_class_accuracy:
        const char* name
        int64_t category_id, objects
        double ap, ap50
    ctypedef struct octet_evaluate_options:
        double score_threshold
        int64_t limit
        int32_t threads
        octet_callbacks callbacks
        const char* annotations
        int32_t exif
        const char* engine
        const char* require
        int32_t infer_precision
        int32_t max_detections[3]
        double area_limits[2]
        void (*class_accuracy)(void* user, int32_t model, const octet_class_accuracy* accuracy) noexcept
    ctypedef struct octet_accuracy:
        double ap, ap50, ap75, ap_small, ap_medium, ap_large, ar1, ar10, ar100, ar_small, ar_medium, ar_large
        int64_t images
    ctypedef struct octet_comparison:
        octet_accuracy first, second
        double drop, drop_low, drop_high, fidelity
    octet_status octet_evaluate(const octet_model* model, const char* coco, const octet_evaluate_options* options,
                                octet_accuracy* accuracy)
    octet_status octet_compare(const octet_model* first, const octet_model* second, const char* coco,
                               const octet_evaluate_options* options, octet_comparison* comparison)


# Its functions are called with the interpreter's lock held.
cdef extern from "callee.h" namespace "octet::python":
    cppclass Callee:
        void* self
        int (*progress)(void* self, int64_t done, int64_t total) noexcept
        void (*warn)(void* self, const char* message) noexcept
        void (*class_accuracy)(void* self, int32_t model, const octet_class_accuracy* accuracy) noexcept
    int tell_progress(void* callee, int64_t done, int64_t total) noexcept nogil
    void tell_warning(void* callee, const char* message) noexcept nogil
    void tell_class(void* callee, int32_t model, const octet_class_accuracy* accuracy) noexcept nogil


cdef extern from "bindings.h" namespace "octet::v1" nogil:
    cppclass Latency:
        double median_ms, p90_ms, p99_ms, min_ms, mean_ms, throughput
        vector[double] latencies_ms


cdef extern from *:
    """
    #include <span>
    using Integers = std::span<const std::int64_t>;
    using Doubles = std::span<const double>;
    using MutableDoubles = std::span<double>;
    using Places = std::span<std::int32_t>;
    using Flags = std::span<std::uint8_t>;
    """
    cppclass Integers:
        Integers()
        Integers(const int64_t*, size_t)
        size_t size()
        int64_t operator[](size_t)
    cppclass Doubles:
        Doubles()
        Doubles(const double*, size_t)
    cppclass Places:
        Places()
        Places(int32_t*, size_t)
    cppclass Flags:
        Flags()
        Flags(uint8_t*, size_t)
    cppclass MutableDoubles:
        MutableDoubles()
        MutableDoubles(double*, size_t)


cdef extern from "<string_view>" namespace "std" nogil:
    cppclass string_view:
        string_view()
        string_view(const char*, size_t)


cdef extern from "bindings.h" nogil:
    cppclass Rows "std::span<const octet::python::CocoRow>":
        Rows()
        Rows(const CocoRow*, size_t)


cdef extern from "bindings.h" namespace "octet" nogil:
    cppclass BoxLtwh:
        double left, top, width, height
    cppclass CocoImages:
        size_t size()
        int64_t id(size_t row)
    cppclass CocoCategory:
        int64_t id
    cppclass CocoAnnotations:
        size_t size()
    cppclass CocoResult:
        pass
    cppclass CocoGroundTruth:
        CocoImages images
        vector[CocoCategory] categories
        CocoAnnotations annotations


cdef extern from "bindings.h" namespace "octet::python" nogil:
    cppclass BenchSettings:
        int threads, streams
        double seconds
        string engine, require
        int32_t infer_precision
    octet_status c_bench "octet::python::bench"(const vector[const octet_model*]& models, const BenchSettings& settings,
                                                const octet_callbacks& callbacks, vector[Latency]& latencies)
    cppclass RunSettings:
        string source, coco, output, weights, description, labels, model_dir, annotations, require
        vector[string] engines
        double score_threshold, bench_seconds
        int64_t limit
        int threads
        bint onnx, exif
        int32_t infer_precision
        void (*class_accuracy)(void* user, int32_t model, const octet_class_accuracy* accuracy) noexcept
    cppclass RunFigures:
        string report, fp32, int8
        octet_comparison comparison
        vector[Latency] latencies
    octet_status c_run "octet::python::run"(const RunSettings& settings, const octet_callbacks& callbacks, RunFigures& figures)
    cppclass CocoRow:
        int64_t id, image_id, category_id
        BoxLtwh box
        double area, score
        int64_t is_crowd
    octet_status c_read_coco_annotations "octet::python::read_coco_annotations"(string_view text, CocoGroundTruth& truth)
    octet_status c_read_coco_results "octet::python::read_coco_results"(string_view text, vector[CocoResult]& results)
    void write_annotation_rows "octet::python::write_rows"(const CocoAnnotations& annotations, CocoRow* rows)
    void write_result_rows "octet::python::write_rows"(const vector[CocoResult]& results, CocoRow* rows)
    cppclass CocoChoice:
        Integers images, categories, max_detections
        bint has_categories
        Doubles thresholds, recall_points, areas
    cppclass CocoTables:
        MutableDoubles precision, recall, scores
    octet_status c_accumulate "octet::python::accumulate"(const CocoChoice& choice, Rows truth, Rows found, const CocoTables& tables)
    cppclass SortedPairs:
        vector[int64_t] pairs, truth, found, truth_begin, found_begin
    octet_status c_sort_pairs "octet::python::sort_pairs"(const CocoChoice& choice, Rows truth, Rows found, SortedPairs& sorted)
    cppclass CocoPairs:
        Rows truth, found
        Integers truth_begin, found_begin
    cppclass CocoMeetings:
        Places order, met, taken
        Flags met_uncounted
    octet_status c_match_pairs "octet::python::match_pairs"(
        const CocoPairs& pairs, Doubles thresholds, Doubles areas, const CocoMeetings& meetings)


cdef extern from "base/cpu.h" namespace "octet" nogil:
    int c_available_threads "octet::available_threads"() except +


class Unsupported(Exception):
    """A file uses something that octet lacks: an operation, a format, a head that it does not know."""


class RequirementNotMet(Exception):
    """What was asked of a model cannot be reached."""


class Cancelled(Exception):
    """A progress callback asked for the end."""


cdef int check(octet_status status) except -1:
    """Raises what a status stands for, with the line that the program prints. In the thread whose call gave the status."""
    if status == OCTET_OK:
        return 0
    message = octet_error_message().decode("utf-8", "replace")
    if status == OCTET_NOT_FOUND:
        raise FileNotFoundError(message)
    if status == OCTET_INVALID_ARGUMENT or status == OCTET_MALFORMED:
        raise ValueError(message)
    if status == OCTET_UNSUPPORTED:
        raise Unsupported(message)
    if status == OCTET_IO:
        raise OSError(message)
    if status == OCTET_REQUIREMENT:
        raise RequirementNotMet(message)
    if status == OCTET_CANCELLED:
        raise Cancelled(message)
    raise MemoryError(message) if message == "out of memory" else RuntimeError(message)


cdef extern from "cli/program.h" namespace "octet::cli" nogil:
    int c_run_program "octet::cli::run_program"(int argc, char** argv)


def run_program(list arguments not None) -> int:
    """The program octet: the status that it ends with. For a process of its own, as it waits for signals from then on."""
    words = [os.fsencode(word) for word in arguments]
    cdef vector[char*] argv
    for word in words:
        argv.push_back(word)
    argv.push_back(NULL)
    cdef int argc = <int>len(words)
    cdef int status
    with nogil:
        status = c_run_program(argc, argv.data())
    return status


cdef class Callbacks:
    """What a call tells while it works: kept alive by the call, whose `user` is the callee. What a callback raises ends the work."""
    cdef object progress, warn
    cdef object raised
    cdef list classes  # what was told of the classes of each of two models
    cdef Callee callee
    cdef octet_callbacks c

    def __init__(self, progress, warn):
        self.progress, self.warn, self.classes = progress, warn, [[], []]
        self.callee.self = <void*>self
        self.callee.progress, self.callee.warn, self.callee.class_accuracy = &on_progress, &on_warn, &on_class
        self.c.progress, self.c.warn, self.c.user = &tell_progress, &tell_warning, &self.callee

    cdef int finish(self, octet_status status) except -1:
        """After the call: what a callback raised, else what the status stands for."""
        if self.raised is not None:
            raise self.raised
        return check(status)


cdef int on_progress(void* self, int64_t done, int64_t total) noexcept:
    callbacks = <Callbacks>self
    if callbacks.raised is not None:
        return 1
    try:
        return 1 if callbacks.progress(done, total) else 0
    except BaseException as raised:
        callbacks.raised = raised
        return 1


cdef void on_class(void* self, int32_t model, const octet_class_accuracy* one) noexcept:
    callbacks = <Callbacks>self
    try:
        callbacks.classes[model].append((one.name.decode("utf-8", "replace"), one.category_id, one.objects, one.ap, one.ap50))
    except BaseException as raised:
        callbacks.raised = raised


cdef void on_warn(void* self, const char* message) noexcept:
    callbacks = <Callbacks>self
    try:
        callbacks.warn(message.decode("utf-8", "replace"))
    except BaseException as raised:
        callbacks.raised = raised


cdef const char* text_or_null(bytes text) except? NULL:
    if text is None:
        return NULL
    return text


def version() -> str:
    return octet_version().decode()


def available_threads() -> int:
    return c_available_threads()


def known_models() -> list:
    cdef const char* const* name = octet_known_models()
    if name == NULL:
        raise MemoryError("out of memory")
    names = []
    while name[0] != NULL:
        names.append(name[0].decode())
        name += 1
    return names


# --- Pictures ---

cdef class Pixels:
    """A view of the bytes of a picture of shape [height, width, 3], whose pixels and channels have no gaps: a Picture or a buffer."""
    cdef Picture own
    cdef Py_buffer buffer
    cdef bint is_held
    cdef octet_image_view view

    def __cinit__(self, picture):
        if isinstance(picture, Picture):
            self.own = picture
            self.view = octet_image_pixels(self.own.image)
            return
        PyObject_GetBuffer(picture, &self.buffer, PyBUF_STRIDED_RO)
        self.is_held = True
        cdef Py_buffer* b = &self.buffer
        if b.ndim != 3 or b.itemsize != 1 or b.shape[2] != 3 or b.strides[2] != 1 or b.strides[1] != 3:
            raise ValueError("not the pixels of a picture")
        if not (0 < b.shape[0] <= 0x7fffffff and 0 < b.shape[1] <= 0x7fffffff) or b.strides[0] < 3 * b.shape[1]:
            raise ValueError("not the rows of a picture")
        self.view.bgr = <const uint8_t*>b.buf
        self.view.bytes = <size_t>((b.shape[0] - 1) * b.strides[0] + 3 * b.shape[1])
        self.view.width = <int32_t>b.shape[1]
        self.view.height = <int32_t>b.shape[0]
        self.view.row_bytes = <size_t>b.strides[0]

    def __dealloc__(self):
        if self.is_held:
            PyBuffer_Release(&self.buffer)


cdef class Picture:
    """A picture in the library's memory."""
    cdef octet_image* image

    def __dealloc__(self):
        octet_image_free(self.image)

    @property
    def shape(self) -> tuple:
        cdef octet_image_view view = octet_image_pixels(self.image)
        return (view.height, view.width, 3)

    def copy_to(self, target) -> None:
        """Into a contiguous buffer of as many bytes."""
        cdef octet_image_view view = octet_image_pixels(self.image)
        cdef Py_buffer buffer
        PyObject_GetBuffer(target, &buffer, PyBUF_WRITABLE)
        try:
            if <size_t>buffer.len != view.bytes:
                raise ValueError("a buffer of another size")
            memcpy(buffer.buf, view.bgr, view.bytes)
        finally:
            PyBuffer_Release(&buffer)

    def write(self, bytes path not None) -> None:
        cdef const char* c_path = path
        cdef octet_status status
        with nogil:
            status = octet_write_image(self.image, c_path)
        check(status)


def read_image(bytes path not None, bint exif) -> Picture:
    cdef Picture picture = Picture()
    cdef const char* c_path = path
    cdef octet_status status
    with nogil:
        status = octet_read_upright_image(c_path, &picture.image) if exif else octet_read_image(c_path, &picture.image)
    check(status)
    return picture


def copy_image(pixels) -> Picture:
    cdef Pixels view = Pixels(pixels)
    cdef Picture picture = Picture()
    check(octet_copy_image(&view.view, &picture.image))
    return picture


def draw(Picture picture not None, detections) -> None:
    """Draws rows of (label, class_index, score, x0, y0, x1, y1)."""
    cdef octet_detection one
    for label, class_index, score, x0, y0, x1, y1 in detections:
        text = label.encode()
        one.label, one.class_index, one.score = text, class_index, score
        one.x0, one.y0, one.x1, one.y1 = x0, y0, x1, y1
        check(octet_draw(picture.image, &one, 1))


# --- Models ---

cdef class Model:
    cdef octet_model* model

    def __dealloc__(self):
        octet_model_free(self.model)

    @property
    def name(self) -> str:
        return octet_model_name(self.model).decode("utf-8", "replace")

    @property
    def input_size(self) -> tuple:
        return (octet_model_input_width(self.model), octet_model_input_height(self.model))

    @property
    def labels(self) -> list:
        return [octet_model_label(self.model, i).decode("utf-8", "replace") for i in range(octet_model_label_count(self.model))]

    def save(self, bytes xml not None, bint fp16) -> None:
        cdef octet_save_options options
        options.fp16 = fp16
        cdef const char* c_xml = xml
        cdef octet_status status
        with nogil:
            status = octet_save(self.model, c_xml, &options)
        check(status)

    def save_onnx(self, bytes onnx not None, bint fp16) -> None:
        cdef octet_save_options options
        options.fp16 = fp16
        cdef const char* c_onnx = onnx
        cdef octet_status status
        with nogil:
            status = octet_save_onnx(self.model, c_onnx, &options)
        check(status)


def load(bytes xml not None) -> Model:
    cdef Model model = Model()
    cdef const char* c_xml = xml
    cdef octet_status status
    with nogil:
        status = octet_load(c_xml, &model.model)
    check(status)
    return model


def convert(bytes source not None, bytes weights, bytes description, bytes labels, list outputs not None, progress, warn) -> Model:
    cdef Model model = Model()
    cdef Callbacks callbacks = Callbacks(progress, warn)
    cdef vector[const char*] names
    for name in outputs:
        names.push_back(<bytes>name)
    names.push_back(NULL)
    cdef octet_convert_options options
    options.weights, options.description, options.labels = text_or_null(weights), text_or_null(description), text_or_null(labels)
    options.callbacks, options.outputs = callbacks.c, names.data()
    cdef const char* c_source = source
    cdef octet_status status
    with nogil:
        status = octet_convert(c_source, &options, &model.model)
    callbacks.finish(status)
    return model


def convert_known(bytes name not None, bytes model_dir not None, progress, warn) -> Model:
    cdef Model model = Model()
    cdef Callbacks callbacks = Callbacks(progress, warn)
    cdef const char* c_name = name
    cdef const char* c_folder = model_dir
    cdef octet_status status
    with nogil:
        status = octet_convert_known(c_name, c_folder, &callbacks.c, &model.model)
    callbacks.finish(status)
    return model


RECIPES = {"default": OCTET_RECIPE_DEFAULT, "plain": OCTET_RECIPE_PLAIN}
PRESETS = {"mixed": OCTET_PRESET_MIXED, "performance": OCTET_PRESET_PERFORMANCE, "accuracy": OCTET_PRESET_ACCURACY}
TARGETS = {"any": OCTET_TARGET_ANY, "avx2": OCTET_TARGET_AVX2}
INFER_PRECISIONS = {"f32": OCTET_INFER_F32, "bf16": OCTET_INFER_BF16}


def quantize(Model model not None, bytes pictures not None, bytes annotations, bint exif, int64_t subset, uint64_t seed,
             bint all_pictures, int recipe, int preset, int target, bytes range_estimator, bint strict_int8, double min_fidelity,
             double max_drop, bytes explain, int32_t threads, progress, warn) -> Model:
    """Recipe, preset and target are values of the tables above; -1 stands for no goal."""
    cdef Model int8 = Model()
    cdef Callbacks callbacks = Callbacks(progress, warn)
    cdef octet_quantize_options options
    options.subset, options.seed, options.threads, options.callbacks = subset, seed, threads, callbacks.c
    options.recipe, options.preset, options.target, options.strict_int8 = recipe, preset, target, strict_int8
    options.min_fidelity, options.max_drop = min_fidelity, max_drop
    options.annotations, options.range_estimator = text_or_null(annotations), text_or_null(range_estimator)
    options.exif, options.all_pictures, options.explain = exif, all_pictures, text_or_null(explain)
    cdef const char* c_pictures = pictures
    cdef octet_status status
    with nogil:
        status = octet_quantize(model.model, c_pictures, &options, &int8.model)
    callbacks.finish(status)
    return int8


# --- Detection ---

cdef list rows_of(octet_detections* found):
    cdef const octet_detection* one = octet_detections_data(found)
    cdef size_t i
    return [(one[i].label.decode("utf-8", "replace"), one[i].class_index, one[i].score, one[i].x0, one[i].y0, one[i].x1, one[i].y1)
            for i in range(octet_detections_count(found))]


cdef class Detector:
    """Serves one call at a time: the caller sees to that."""
    cdef octet_detector* detector

    def __cinit__(self, Model model not None, int32_t threads, bytes engine, int infer_precision):
        cdef octet_compile_options options
        options.threads, options.engine, options.infer_precision = threads, text_or_null(engine), infer_precision
        cdef octet_status status
        with nogil:
            status = octet_compile(model.model, &options, &self.detector)
        check(status)

    def __dealloc__(self):
        octet_detector_free(self.detector)

    def detect(self, picture, double score_threshold, size_t max_detections) -> list:
        """Rows of (label, class_index, score, x0, y0, x1, y1) of a picture of bytes in [height, width, 3], which is not copied."""
        cdef Pixels pixels = Pixels(picture)
        cdef octet_detect_options options
        options.score_threshold, options.max_detections, options.exif = score_threshold, max_detections, 0
        cdef octet_detections* found = NULL
        cdef octet_status status
        with nogil:
            status = octet_detect(self.detector, &pixels.view, &options, &found)
        check(status)
        try:
            return rows_of(found)
        finally:
            octet_detections_free(found)


# --- Accuracy ---

cdef class Judging:
    """How models are evaluated: the options of the C interface, whose texts this keeps alive."""
    cdef bytes annotations, engine, require
    cdef octet_evaluate_options c

    def __init__(self, bytes annotations, bint exif, double score_threshold, int64_t limit, int32_t threads, bytes engine, bytes require,
                 int infer_precision, tuple max_detections not None, tuple area_limits not None):
        self.annotations, self.engine, self.require = annotations, engine, require
        self.c.annotations, self.c.engine, self.c.require = text_or_null(annotations), text_or_null(engine), text_or_null(require)
        self.c.exif, self.c.score_threshold, self.c.limit, self.c.threads = exif, score_threshold, limit, threads
        self.c.infer_precision = infer_precision
        self.c.max_detections[0], self.c.max_detections[1], self.c.max_detections[2] = max_detections
        self.c.area_limits[0], self.c.area_limits[1] = area_limits

    cdef octet_evaluate_options told(self, Callbacks callbacks):
        cdef octet_evaluate_options options = self.c
        options.callbacks, options.class_accuracy = callbacks.c, &tell_class
        return options


cdef dict accuracy_of(octet_accuracy numbers, list classes):
    cdef dict accuracy = numbers
    accuracy["classes"] = classes
    return accuracy


cdef dict comparison_of(octet_comparison both, list classes):
    return {"first": accuracy_of(both.first, classes[0]), "second": accuracy_of(both.second, classes[1]), "drop": both.drop,
            "drop_low": both.drop_low, "drop_high": both.drop_high, "fidelity": both.fidelity}


def evaluate(Model model not None, bytes coco not None, Judging how not None, progress, warn) -> dict:
    cdef Callbacks callbacks = Callbacks(progress, warn)
    cdef octet_evaluate_options options = how.told(callbacks)
    cdef octet_accuracy accuracy
    cdef const char* c_coco = coco
    cdef octet_status status
    with nogil:
        status = octet_evaluate(model.model, c_coco, &options, &accuracy)
    callbacks.finish(status)
    return accuracy_of(accuracy, callbacks.classes[0])


def compare(Model first not None, Model second not None, bytes coco not None, Judging how not None, progress, warn) -> dict:
    cdef Callbacks callbacks = Callbacks(progress, warn)
    cdef octet_evaluate_options options = how.told(callbacks)
    cdef octet_comparison comparison
    cdef const char* c_coco = coco
    cdef octet_status status
    with nogil:
        status = octet_compare(first.model, second.model, c_coco, &options, &comparison)
    callbacks.finish(status)
    return comparison_of(comparison, callbacks.classes)


# --- Speed, and the whole workflow ---

cdef dict latency_of(const Latency& one):
    return {"median_ms": one.median_ms, "p90_ms": one.p90_ms, "p99_ms": one.p99_ms, "min_ms": one.min_ms, "mean_ms": one.mean_ms,
            "throughput": one.throughput, "latencies_ms": tuple(one.latencies_ms)}


def bench(list models not None, int threads, int streams, double seconds, bytes engine not None, bytes require not None,
          int infer_precision, progress) -> list:
    cdef Callbacks callbacks = Callbacks(progress, None)
    cdef vector[const octet_model*] handles
    cdef Model model
    for model in models:
        handles.push_back(model.model)
    cdef BenchSettings settings
    settings.threads, settings.streams, settings.seconds, settings.engine, settings.require = threads, streams, seconds, engine, require
    settings.infer_precision = infer_precision
    cdef vector[Latency] latencies
    cdef octet_status status
    with nogil:
        status = c_bench(handles, settings, callbacks.c, latencies)
    callbacks.finish(status)
    return [latency_of(latencies[i]) for i in range(latencies.size())]


def run(bytes source not None, bytes coco not None, bytes output not None, bytes weights not None, bytes description not None,
        bytes labels not None, bytes model_dir not None, bytes annotations not None, bint exif, double score_threshold,
        double bench_seconds, int64_t limit, int threads, list engines not None, bytes require not None, int infer_precision, bint onnx,
        progress, warn) -> dict:
    """Empty bytes stand for what is not given."""
    cdef Callbacks callbacks = Callbacks(progress, warn)
    cdef RunSettings settings
    settings.source, settings.coco, settings.output, settings.weights = source, coco, output, weights
    settings.description, settings.labels, settings.model_dir = description, labels, model_dir
    settings.score_threshold, settings.bench_seconds, settings.limit = score_threshold, bench_seconds, limit
    settings.threads, settings.onnx, settings.exif = threads, onnx, exif
    settings.annotations, settings.engines, settings.require = annotations, engines, require
    settings.infer_precision, settings.class_accuracy = infer_precision, &tell_class
    cdef RunFigures figures
    cdef octet_status status
    with nogil:
        status = c_run(settings, callbacks.c, figures)
    callbacks.finish(status)
    return {"report": figures.report, "fp32": figures.fp32, "int8": figures.int8,
            "comparison": comparison_of(figures.comparison, callbacks.classes),
            "latencies": [latency_of(figures.latencies[i]) for i in range(figures.latencies.size())]}


# --- COCO's metric ---

cdef class Numbers:
    """A contiguous buffer of numbers of eight bytes, or of rows, held as long as this lives."""
    cdef Py_buffer buffer
    cdef bint is_held
    cdef size_t count

    def __cinit__(self, array, bint writable=False, size_t item_bytes=8):
        PyObject_GetBuffer(array, &self.buffer, PyBUF_WRITABLE if writable else PyBUF_SIMPLE)
        self.is_held = True
        if <size_t>self.buffer.itemsize != item_bytes:
            raise ValueError(f"not numbers or rows of {item_bytes} bytes")
        self.count = <size_t>self.buffer.len // item_bytes

    def __dealloc__(self):
        if self.is_held:
            PyBuffer_Release(&self.buffer)

    cdef Integers integers(self):
        return Integers(<const int64_t*>self.buffer.buf, self.count)

    cdef Rows rows(self):
        return Rows(<const CocoRow*>self.buffer.buf, self.count)

    cdef Doubles doubles(self):
        return Doubles(<const double*>self.buffer.buf, self.count)

    cdef Places places(self):
        return Places(<int32_t*>self.buffer.buf, self.count)

    cdef Flags flags(self):
        return Flags(<uint8_t*>self.buffer.buf, self.count)

    cdef MutableDoubles table(self):
        return MutableDoubles(<double*>self.buffer.buf, self.count)


cdef CocoRow* new_rows(size_t count, list memory) except *:
    """Appends what owns them."""
    memory.append(PyByteArray_FromStringAndSize(NULL, <Py_ssize_t>(count * sizeof(CocoRow))))
    return <CocoRow*>PyByteArray_AsString(memory[0])


def read_coco_annotations(bytes text):
    """Ids of the images and of the categories, and the annotations as rows; None for what octet's reader refuses."""
    cdef CocoGroundTruth truth
    cdef octet_status status
    cdef string_view view = string_view(<const char*>text, <size_t>len(text))
    with nogil:
        status = c_read_coco_annotations(view, truth)
    if status != OCTET_OK:
        return None
    cdef size_t i
    memory = []
    write_annotation_rows(truth.annotations, new_rows(truth.annotations.size(), memory))
    images = [truth.images.id(i) for i in range(truth.images.size())]
    return images, [truth.categories[i].id for i in range(truth.categories.size())], memory[0]


def read_coco_results(bytes text):
    """Results as rows; None for what octet's reader refuses."""
    cdef vector[CocoResult] results
    cdef octet_status status
    cdef string_view view = string_view(<const char*>text, <size_t>len(text))
    with nogil:
        status = c_read_coco_results(view, results)
    if status != OCTET_OK:
        return None
    memory = []
    cdef CocoRow* rows = new_rows(results.size(), memory)
    with nogil:
        write_result_rows(results, rows)
    return memory[0]


# Entries are many, and each name of this module costs a look into the interpreter's state: names of fields are passed on.

cdef bint set_integer(PyObject* field, int64_t* to) except -1:
    """False for what is missing or no integer of 64 bits."""
    cdef int overflow = 0
    if field == NULL:
        return False
    if PyLong_Check(<object>field):
        to[0] = PyLong_AsLongLongAndOverflow(<object>field, &overflow)
    elif PyIndex_Check(<object>field):
        to[0] = PyLong_AsLongLongAndOverflow(PyNumber_Index(<object>field), &overflow)
    else:
        return False
    return overflow == 0


cdef bint set_number(PyObject* field, double* to) except -1:
    """False for what is missing or no number of Python's own types, whose arithmetic is that of double. OverflowError beyond it."""
    if field == NULL or not (PyFloat_Check(<object>field) or PyLong_Check(<object>field)):
        return False
    to[0] = PyFloat_AsDouble(<object>field)
    return True


cdef bint set_box(PyObject* field, BoxLtwh* to) except -1:
    if field == NULL:
        return False
    box = <object>field
    if not PyList_Check(box):
        if not isinstance(box, Iterable):
            return False
        box = list(box)
    return (PyList_Size(box) == 4 and set_number(PyList_GetItem(box, 0), &to.left) and set_number(PyList_GetItem(box, 1), &to.top)
            and set_number(PyList_GetItem(box, 2), &to.width) and set_number(PyList_GetItem(box, 3), &to.height))


cdef bint set_result(object entry, object image, object category, object box, object score, CocoRow* row) except -1:
    return (PyDict_CheckExact(entry) and set_integer(PyDict_GetItemWithError(entry, image), &row.image_id)
            and set_integer(PyDict_GetItemWithError(entry, category), &row.category_id)
            and set_box(PyDict_GetItemWithError(entry, box), &row.box)
            and (score is None or set_number(PyDict_GetItemWithError(entry, score), &row.score)))


def fill_results(list entries, rows) -> bool:
    """Entries of the results format into as many rows, numbered from 1 on. False where one is not plain; the rows are not to be used then."""
    cdef Numbers memory = Numbers(rows, True, sizeof(CocoRow))
    cdef CocoRow* row = <CocoRow*>memory.buffer.buf
    cdef int64_t number = 0
    if memory.count != <size_t>len(entries):
        raise ValueError("another number of rows")
    image, category, box, score = "image_id", "category_id", "bbox", "score"
    try:
        for entry in entries:
            if not set_result(entry, image, category, box, score, row):
                return False
            number += 1
            row.id, row.area, row.is_crowd = number, row.box.width * row.box.height, 0
            row += 1
    except OverflowError:
        return False
    return True


def fill_annotations(list entries, bint are_scored, rows) -> bool:
    """Annotations into as many rows, with their scores where they have to have one. Otherwise as fill_results()."""
    cdef Numbers memory = Numbers(rows, True, sizeof(CocoRow))
    cdef CocoRow* row = <CocoRow*>memory.buffer.buf
    cdef PyObject* crowd
    if memory.count != <size_t>len(entries):
        raise ValueError("another number of rows")
    image, category, box, score = "image_id", "category_id", "bbox", "score" if are_scored else None
    number, area, is_crowd = "id", "area", "iscrowd"
    try:
        for entry in entries:
            row.score = 0
            if not (set_result(entry, image, category, box, score, row) and set_integer(PyDict_GetItemWithError(entry, number), &row.id)
                    and set_number(PyDict_GetItemWithError(entry, area), &row.area)):
                return False
            crowd = PyDict_GetItemWithError(entry, is_crowd)
            row.is_crowd = 1 if crowd != NULL and <object>crowd else 0
            row += 1
    except OverflowError:
        return False
    return True


def accumulate(images, categories, bint has_categories, truth, found, thresholds, recall_points, areas, max_detections, precision, recall,
               scores) -> None:
    """Fills the tables of COCOeval.eval. Arrays without gaps, of int64, rows and float64; bindings.h says of what.

    precision, scores    [thresholds, recall points, categories, areas, max detections], with one category if there are none
    recall               the same without recall points
    """
    cdef Numbers image_ids = Numbers(images), category_ids = Numbers(categories), counts = Numbers(max_detections)
    cdef Numbers truth_rows = Numbers(truth, False, sizeof(CocoRow)), found_rows = Numbers(found, False, sizeof(CocoRow))
    cdef Numbers limits = Numbers(thresholds), points = Numbers(recall_points), ranges = Numbers(areas)
    cdef Numbers p = Numbers(precision, True), r = Numbers(recall, True), s = Numbers(scores, True)
    cdef size_t cells = limits.count * (category_ids.count if has_categories else 1) * (ranges.count // 2) * counts.count
    if p.count != points.count * cells or s.count != p.count or r.count != cells:
        raise ValueError("tables of another size")
    cdef CocoChoice choice
    choice.images, choice.categories, choice.has_categories = image_ids.integers(), category_ids.integers(), has_categories
    choice.thresholds, choice.recall_points, choice.areas = limits.doubles(), points.doubles(), ranges.doubles()
    choice.max_detections = counts.integers()
    cdef CocoTables tables
    tables.precision, tables.recall, tables.scores = p.table(), r.table(), s.table()
    cdef octet_status status
    cdef Rows c_truth = truth_rows.rows(), c_found = found_rows.rows()
    with nogil:
        status = c_accumulate(choice, c_truth, c_found, tables)
    check(status)


cdef bytearray bytes_of(const vector[int64_t]& numbers):
    return PyByteArray_FromStringAndSize(<const char*>numbers.data(), <Py_ssize_t>(numbers.size() * sizeof(int64_t)))


def sort_pairs(images, categories, bint has_categories, truth, found, max_detections) -> tuple:
    """What SortedPairs in bindings.h has, in its order, as bytes of int64. Arrays without gaps, of int64 and rows."""
    cdef Numbers image_ids = Numbers(images), category_ids = Numbers(categories), counts = Numbers(max_detections)
    cdef Numbers truth_rows = Numbers(truth, False, sizeof(CocoRow)), found_rows = Numbers(found, False, sizeof(CocoRow))
    cdef CocoChoice choice
    choice.images, choice.categories, choice.has_categories = image_ids.integers(), category_ids.integers(), has_categories
    choice.max_detections = counts.integers()
    cdef SortedPairs sorted
    cdef octet_status status
    cdef Rows c_truth = truth_rows.rows(), c_found = found_rows.rows()
    with nogil:
        status = c_sort_pairs(choice, c_truth, c_found, sorted)
    check(status)
    return (bytes_of(sorted.pairs), bytes_of(sorted.truth), bytes_of(sorted.found), bytes_of(sorted.truth_begin), bytes_of(sorted.found_begin))


cdef int check_begins(Integers begins, size_t pairs, size_t rows) except -1:
    cdef size_t i
    cdef int64_t before = 0
    if begins.size() != pairs + 1 or begins[0] != 0 or begins[pairs] != <int64_t>rows:
        raise ValueError("begins that are not those of the rows")
    for i in range(pairs + 1):
        if begins[i] < before:
            raise ValueError("begins that fall")
        before = begins[i]
    return 0


def match_pairs(truth, truth_begin, found, found_begin, thresholds, areas, order, met, taken, met_uncounted) -> None:
    """Fills the last four; bindings.h says with what. Arrays without gaps: rows, int64, float64, int32 and, the last, uint8.

    areas   of each range the lowest and the highest
    """
    cdef Numbers truth_rows = Numbers(truth, False, sizeof(CocoRow)), found_rows = Numbers(found, False, sizeof(CocoRow))
    cdef Numbers t_begin = Numbers(truth_begin), f_begin = Numbers(found_begin)
    cdef Numbers limits = Numbers(thresholds), ranges = Numbers(areas)
    cdef Numbers o = Numbers(order, True, 4), m = Numbers(met, True, 4), t = Numbers(taken, True, 4), u = Numbers(met_uncounted, True, 1)
    cdef size_t ranges_count = ranges.count // 2
    if (o.count != ranges_count * truth_rows.count or m.count != ranges_count * limits.count * found_rows.count or u.count != m.count
            or t.count != ranges_count * limits.count * truth_rows.count or t_begin.count == 0):
        raise ValueError("tables of another size")
    cdef CocoPairs pairs
    pairs.truth, pairs.found, pairs.truth_begin, pairs.found_begin = truth_rows.rows(), found_rows.rows(), t_begin.integers(), f_begin.integers()
    check_begins(pairs.truth_begin, t_begin.count - 1, truth_rows.count)
    check_begins(pairs.found_begin, t_begin.count - 1, found_rows.count)
    cdef CocoMeetings meetings
    meetings.order, meetings.met, meetings.taken, meetings.met_uncounted = o.places(), m.places(), t.places(), u.flags()
    cdef octet_status status
    cdef Doubles c_limits = limits.doubles(), c_areas = ranges.doubles()
    with nogil:
        status = c_match_pairs(pairs, c_limits, c_areas, meetings)
    check(status)
