"""Asks a GPU to work, as a user's program would, and prints one line of JSON about it.

python3 smoke.py --level quick|standard    whether this container's GPU computes, how right and how fast
python3 smoke.py --isolation               whether a container that asked for no GPU sees one

It needs nothing but Python 3.9 and libcuda.so.1, which the NVIDIA runtime brings into a container: no toolkit and no compiler.
The kernels are PTX, which the driver itself translates for the device. Exit code 0: everything that was asked is right; 1: not.

The driver's calls are those of cuda.h and nvml.h. Their arguments are declared once below, because ctypes would pass
an undeclared address as 32 bits.
"""

import argparse
import ctypes
import glob
import json
import operator
import os
import random
import re
import sys
import threading
import time
from array import array
from ctypes import POINTER, byref, c_char_p, c_float, c_int, c_size_t, c_ubyte, c_uint, c_uint64, c_void_p

VERSION = 1

# PTX 6.0 is understood by drivers from CUDA 9.0 on, and sm_50 code is translated for every later device: T4 (7.5), V100 (7.0),
# A10 (8.6), A100 (8.0), H100 (9.0) and newer ones.
KERNELS = r"""
.version 6.0
.target sm_50
.address_size 64

.visible .entry vector_add(.param .u64 a, .param .u64 b, .param .u64 c, .param .u32 n)
{
    .reg .pred %p<2>;
    .reg .f32 %f<4>;
    .reg .b32 %r<6>;
    .reg .b64 %rd<11>;
    ld.param.u64 %rd1, [a];
    ld.param.u64 %rd2, [b];
    ld.param.u64 %rd3, [c];
    ld.param.u32 %r1, [n];
    mov.u32 %r2, %ctaid.x;
    mov.u32 %r3, %ntid.x;
    mov.u32 %r4, %tid.x;
    mad.lo.s32 %r5, %r2, %r3, %r4;
    setp.ge.u32 %p1, %r5, %r1;
    @%p1 bra DONE;
    cvta.to.global.u64 %rd4, %rd1;
    cvta.to.global.u64 %rd5, %rd2;
    cvta.to.global.u64 %rd6, %rd3;
    mul.wide.u32 %rd7, %r5, 4;
    add.s64 %rd8, %rd4, %rd7;
    add.s64 %rd9, %rd5, %rd7;
    add.s64 %rd10, %rd6, %rd7;
    ld.global.f32 %f1, [%rd8];
    ld.global.f32 %f2, [%rd9];
    add.f32 %f3, %f1, %f2;
    st.global.f32 [%rd10], %f3;
DONE:
    ret;
}

// One block makes a tile of 16 by 16 of the product, from tiles in shared memory; n is a multiple of 16.
.visible .entry matrix_multiply(.param .u64 a, .param .u64 b, .param .u64 c, .param .u32 n)
{
    .reg .pred %p<3>;
    .reg .f32 %f<6>;
    .reg .b32 %r<30>;
    .reg .b64 %rd<16>;
    .shared .align 4 .b8 tile_a[1024];
    .shared .align 4 .b8 tile_b[1024];
    ld.param.u64 %rd1, [a];
    ld.param.u64 %rd2, [b];
    ld.param.u64 %rd3, [c];
    ld.param.u32 %r1, [n];
    cvta.to.global.u64 %rd4, %rd1;
    cvta.to.global.u64 %rd5, %rd2;
    cvta.to.global.u64 %rd6, %rd3;
    mov.u32 %r2, %tid.x;
    mov.u32 %r3, %tid.y;
    mov.u32 %r4, %ctaid.x;
    mov.u32 %r5, %ctaid.y;
    shl.b32 %r6, %r5, 4;
    add.s32 %r6, %r6, %r3;
    shl.b32 %r7, %r4, 4;
    add.s32 %r7, %r7, %r2;
    mov.u32 %r8, tile_a;
    mov.u32 %r9, tile_b;
    shl.b32 %r10, %r3, 6;
    shl.b32 %r11, %r2, 2;
    add.s32 %r12, %r8, %r10;
    add.s32 %r13, %r12, %r11;
    add.s32 %r14, %r9, %r10;
    add.s32 %r15, %r14, %r11;
    add.s32 %r16, %r9, %r11;
    mov.f32 %f1, 0f00000000;
    mov.u32 %r17, 0;
TILES:
    add.s32 %r18, %r17, %r2;
    mad.lo.s32 %r19, %r6, %r1, %r18;
    mul.wide.u32 %rd7, %r19, 4;
    add.s64 %rd8, %rd4, %rd7;
    ld.global.f32 %f2, [%rd8];
    st.shared.f32 [%r13], %f2;
    add.s32 %r20, %r17, %r3;
    mad.lo.s32 %r21, %r20, %r1, %r7;
    mul.wide.u32 %rd9, %r21, 4;
    add.s64 %rd10, %rd5, %rd9;
    ld.global.f32 %f3, [%rd10];
    st.shared.f32 [%r15], %f3;
    bar.sync 0;
    mov.u32 %r22, %r12;
    mov.u32 %r23, %r16;
    mov.u32 %r24, 0;
PRODUCTS:
    ld.shared.f32 %f4, [%r22];
    ld.shared.f32 %f5, [%r23];
    fma.rn.f32 %f1, %f4, %f5, %f1;
    add.s32 %r22, %r22, 4;
    add.s32 %r23, %r23, 64;
    add.s32 %r24, %r24, 1;
    setp.lt.u32 %p1, %r24, 16;
    @%p1 bra PRODUCTS;
    bar.sync 0;
    add.s32 %r17, %r17, 16;
    setp.lt.u32 %p2, %r17, %r1;
    @%p2 bra TILES;
    mad.lo.s32 %r25, %r6, %r1, %r7;
    mul.wide.u32 %rd11, %r25, 4;
    add.s64 %rd12, %rd6, %rd11;
    st.global.f32 [%rd12], %f1;
    ret;
}

// Eight independent chains x := factor * x + term per thread, in registers only: FMA units and nothing else.
// With factor -1 and term 7 every second step brings x back, so that the end is known: the sum of the eight starts.
.visible .entry fma_loop(.param .u64 out, .param .f32 factor, .param .f32 term, .param .u32 rounds)
{
    .reg .pred %p<2>;
    .reg .f32 %f<20>;
    .reg .b32 %r<8>;
    .reg .b64 %rd<5>;
    ld.param.u64 %rd1, [out];
    ld.param.f32 %f1, [factor];
    ld.param.f32 %f2, [term];
    ld.param.u32 %r1, [rounds];
    mov.u32 %r2, %ctaid.x;
    mov.u32 %r3, %ntid.x;
    mov.u32 %r4, %tid.x;
    mad.lo.s32 %r5, %r2, %r3, %r4;
    and.b32 %r6, %r5, 7;
    cvt.rn.f32.u32 %f3, %r6;
    add.f32 %f4, %f3, 0f3F800000;
    add.f32 %f5, %f4, 0f3F800000;
    add.f32 %f6, %f5, 0f3F800000;
    add.f32 %f7, %f6, 0f3F800000;
    add.f32 %f8, %f7, 0f3F800000;
    add.f32 %f9, %f8, 0f3F800000;
    add.f32 %f10, %f9, 0f3F800000;
    mov.u32 %r7, 0;
ROUNDS:
@FMA@
    add.s32 %r7, %r7, 1;
    setp.lt.u32 %p1, %r7, %r1;
    @%p1 bra ROUNDS;
    add.f32 %f11, %f3, %f4;
    add.f32 %f12, %f5, %f6;
    add.f32 %f13, %f7, %f8;
    add.f32 %f14, %f9, %f10;
    add.f32 %f15, %f11, %f12;
    add.f32 %f16, %f13, %f14;
    add.f32 %f17, %f15, %f16;
    cvta.to.global.u64 %rd2, %rd1;
    mul.wide.u32 %rd3, %r5, 4;
    add.s64 %rd4, %rd2, %rd3;
    st.global.f32 [%rd4], %f17;
    ret;
}
"""

CHAINS = 8
STEPS_PER_ROUND = 16


def steps_of_a_round():
    one_step = [f"    fma.rn.f32 %f{3 + chain}, %f{3 + chain}, %f1, %f2;" for chain in range(CHAINS)]
    return "\n".join(one_step * STEPS_PER_ROUND)


PTX = KERNELS.replace("@FMA@", steps_of_a_round())

MIB = 1024 * 1024

# Seconds in which the kernel counts a container's CPU (cpu.max).
PERIOD = 0.1

# Host memory beside what Python and the driver take: 3 vectors or matrices of 4 MiB, 32 MiB that is pinned.
SIZES = {
    "elements": 1024 * 1024,
    "n": {"quick": 256, "standard": 1024},
    "threads": 256,
    "blocks_per_processor": 16,
    "first_rounds": 512,
    "host_bytes": 32 * MIB,
    "device_bytes": 256 * MIB,
    "copies": 8,
    "repeats": 3,
}

# Seconds that a stage may take. Starting the driver on a cold node with many GPUs is slow; everything else takes milliseconds.
LIMITS = {"load": 60, "init": 120, "device": 60, "module": 60, "vectorAdd": 30, "matmul": 30, "fp32": 30, "bandwidth": 60}

STREAM = c_void_p
EVENT = c_void_p
DEVICE = c_int
ADDRESS = c_uint64

CUDA = {
    "cuInit": [c_uint],
    "cuDriverGetVersion": [POINTER(c_int)],
    "cuGetErrorName": [c_int, POINTER(c_char_p)],
    "cuGetErrorString": [c_int, POINTER(c_char_p)],
    "cuDeviceGetCount": [POINTER(c_int)],
    "cuDeviceGet": [POINTER(DEVICE), c_int],
    "cuDeviceGetName": [c_char_p, c_int, DEVICE],
    "cuDeviceGetUuid": [c_void_p, DEVICE],
    "cuDeviceGetUuid_v2": [c_void_p, DEVICE],
    "cuDeviceTotalMem_v2": [POINTER(c_size_t), DEVICE],
    "cuDeviceGetAttribute": [POINTER(c_int), c_int, DEVICE],
    "cuCtxCreate_v2": [POINTER(c_void_p), c_uint, DEVICE],
    "cuCtxDestroy_v2": [c_void_p],
    "cuCtxSynchronize": [],
    "cuMemGetInfo_v2": [POINTER(c_size_t), POINTER(c_size_t)],
    "cuModuleLoadDataEx": [POINTER(c_void_p), c_char_p, c_uint, POINTER(c_int), POINTER(c_void_p)],
    "cuModuleGetFunction": [POINTER(c_void_p), c_void_p, c_char_p],
    "cuMemAlloc_v2": [POINTER(ADDRESS), c_size_t],
    "cuMemFree_v2": [ADDRESS],
    "cuMemHostAlloc": [POINTER(c_void_p), c_size_t, c_uint],
    "cuMemFreeHost": [c_void_p],
    "cuMemsetD8_v2": [ADDRESS, c_ubyte, c_size_t],
    "cuMemcpyHtoD_v2": [ADDRESS, c_void_p, c_size_t],
    "cuMemcpyDtoH_v2": [c_void_p, ADDRESS, c_size_t],
    "cuMemcpyHtoDAsync_v2": [ADDRESS, c_void_p, c_size_t, STREAM],
    "cuMemcpyDtoHAsync_v2": [c_void_p, ADDRESS, c_size_t, STREAM],
    "cuMemcpyDtoDAsync_v2": [ADDRESS, ADDRESS, c_size_t, STREAM],
    "cuLaunchKernel": [c_void_p] + [c_uint] * 6 + [c_uint, STREAM, POINTER(c_void_p), POINTER(c_void_p)],
    "cuEventCreate": [POINTER(EVENT), c_uint],
    "cuEventRecord": [EVENT, STREAM],
    "cuEventSynchronize": [EVENT],
    "cuEventElapsedTime": [POINTER(c_float), EVENT, EVENT],
    "cuEventDestroy_v2": [EVENT],
}

NVML = {
    "nvmlInit_v2": [],
    "nvmlShutdown": [],
    "nvmlSystemGetDriverVersion": [c_char_p, c_uint],
    "nvmlDeviceGetHandleByUUID": [c_char_p, POINTER(c_void_p)],
    "nvmlDeviceGetVirtualizationMode": [c_void_p, POINTER(c_int)],
}

# Where a node's libraries come to lie in a container whose loader was not told (RUN ldconfig) or that a provider mounts itself.
PLACES = ["", "/usr/lib64/", "/usr/lib/x86_64-linux-gnu/", "/usr/lib/aarch64-linux-gnu/", "/usr/local/nvidia/lib64/"]

ATTRIBUTE = {"processors": 16, "major": 75, "minor": 76}
BLOCKING_SYNC = 4  # CU_CTX_SCHED_BLOCKING_SYNC: sleep while the GPU works, half a core is all that there is
JIT_ERROR_LOG = 5
JIT_ERROR_LOG_BYTES = 6
VIRTUAL_GPU = 2  # NVML_GPU_VIRTUALIZATION_MODE_VGPU


class Failure(Exception):
    """Why the work cannot go on."""

    def __init__(self, message, code=None, name=None, wrong_result=False):
        super().__init__(message)
        self.details = {"code": code, "name": name}
        if wrong_result:
            self.details["wrongResult"] = True


class Library:
    """A library with declared arguments; `call` raises Failure for every result but 0."""

    def __init__(self, handle, declared):
        self._handle = handle
        self._declared = declared
        self._functions = {}

    def has(self, name):
        return self._find(name) is not None

    def _find(self, name):
        if name not in self._functions:
            try:
                function = getattr(self._handle, name)
                function.argtypes = self._declared[name]
                function.restype = c_int
            except AttributeError:
                function = None
            self._functions[name] = function
        return self._functions[name]

    def call(self, name, *arguments):
        function = self._find(name)
        if function is None:
            raise Failure(f"The driver library has no {name}.", 500, "CUDA_ERROR_NOT_FOUND")
        code = function(*arguments)
        if code != 0:
            text, kind = self._words(code)
            raise Failure(f"{name}: {text}", code, kind)

    def _words(self, code):
        words = []
        for asked in ("cuGetErrorString", "cuGetErrorName"):
            function = self._find(asked) if asked in self._declared else None
            word = c_char_p()
            found = function is not None and function(code, byref(word)) == 0 and word.value
            words.append(word.value.decode("utf-8", "replace") if found else None)
        return words[0] or f"error {code}", words[1]


def load_library(name):
    """The library, from wherever it lies. Raises OSError with what the loader says."""
    first = None
    for place in PLACES:
        try:
            return ctypes.CDLL(place + name)
        except OSError as error:
            first = first or error
    raise first


def device_files():
    """Device files of NVIDIA that this container has, those of MIG slices included."""
    return sorted(glob.glob("/dev/nvidia*") + glob.glob("/dev/nvidia-caps/*"))


def seen_files(files):
    return [file for file in files if not file.endswith("/nvidia-caps")]


class Report:
    """What is printed in the end, once: by the work, or by the watch over its time."""

    def __init__(self, level, write):
        self.content = {
            "suite": "gpu-smoke",
            "version": VERSION,
            "mode": "work",
            "level": level,
            "ok": False,
            "driver": {"cuda": None, "version": None},
            "devices": [],
            "vectorAdd": None,
            "matmul": None,
            "fp32": None,
            "bandwidth": None,
            "deviceFiles": [],
            "visibleDevices": None,
            "seconds": 0.0,
            "error": None,
        }
        self.stage = "load"
        self._write = write
        self._lock = threading.Lock()
        self._printed = False
        self._started = time.monotonic()

    def fail(self, message, details):
        self.content["error"] = {"stage": self.stage, "code": None, "name": None, "message": message, **details}

    def print(self):
        """Whether it was this call that printed."""
        with self._lock:
            if self._printed:
                return False
            self._printed = True
            self.content["seconds"] = round(time.monotonic() - self._started, 1)
            self._write(json.dumps(self.content, separators=(",", ":")) + "\n")
            return True


class Watch:
    """Ends the process when a stage takes too long: a call into a hung driver never comes back, and cannot be interrupted."""

    def __init__(self, report, limits, leave):
        self._report = report
        self._limits = limits
        self._leave = leave
        self._lock = threading.Lock()
        self._timer = None

    def enter(self, stage):
        with self._lock:
            if self._timer is not None:
                self._timer.cancel()
            self._report.stage = stage
            self._timer = threading.Timer(self._limits[stage], self._expire, [stage])
            self._timer.daemon = True
            self._timer.start()

    def end(self):
        with self._lock:
            if self._timer is not None:
                self._timer.cancel()

    def _expire(self, stage):
        self._report.stage = stage
        self._report.fail(f"The stage {stage} came to no end within {self._limits[stage]} s.", {"timedOut": True})
        if self._report.print():
            self._leave(1)


def work(level, load, report, watch, sizes):
    """Everything a level asks for; fills the report as it goes. Raises Failure."""
    content = report.content
    content["deviceFiles"] = seen_files(device_files())
    content["visibleDevices"] = os.environ.get("NVIDIA_VISIBLE_DEVICES")
    content["driver"]["version"] = version_of_kernel_module()

    watch.enter("load")
    # The root filesystem is read-only, and nothing is translated twice.
    os.environ["CUDA_CACHE_DISABLE"] = "1"
    management = Management(load)
    content["driver"]["version"] = management.driver_version() or content["driver"]["version"]
    try:
        cuda = Library(load("libcuda.so.1"), CUDA)
    except OSError as error:
        raise Failure(f"libcuda.so.1 cannot be loaded: {error}") from error

    watch.enter("init")
    newest = c_int()
    cuda.call("cuDriverGetVersion", byref(newest))
    content["driver"]["cuda"] = f"{newest.value // 1000}.{newest.value % 1000 // 10}"
    cuda.call("cuInit", 0)

    watch.enter("device")
    count = c_int()
    cuda.call("cuDeviceGetCount", byref(count))
    if count.value == 0:
        raise Failure("The driver shows no device.", 100, "CUDA_ERROR_NO_DEVICE")
    content["devices"] = [describe(cuda, management, index) for index in range(count.value)]
    device = DEVICE()
    cuda.call("cuDeviceGet", byref(device), 0)
    context = c_void_p()
    cuda.call("cuCtxCreate_v2", byref(context), BLOCKING_SYNC, device)

    watch.enter("module")
    gpu = Gpu(cuda, load_module(cuda))

    right = True
    watch.enter("vectorAdd")
    content["vectorAdd"] = add_vectors(gpu, sizes["elements"], sizes["threads"])
    right = right and content["vectorAdd"]["maxError"] == 0

    watch.enter("matmul")
    content["matmul"] = multiply_matrices(gpu, sizes["n"][level], sizes["repeats"])
    right = right and content["matmul"]["maxError"] == 0

    if level == "standard":
        watch.enter("fp32")
        content["fp32"] = measure_fp32(gpu, attribute(cuda, "processors", device), sizes)
        watch.enter("bandwidth")
        content["bandwidth"] = measure_bandwidth(gpu, sizes)

    cuda.call("cuCtxDestroy_v2", context)
    content["ok"] = right


class Management:
    """What libnvidia-ml knows, where it is there: it is nothing that the work depends on."""

    def __init__(self, load):
        self._library = None
        try:
            library = Library(load("libnvidia-ml.so.1"), NVML)
            library.call("nvmlInit_v2")
            self._library = library
        except (OSError, Failure):
            pass

    def driver_version(self):
        text = ctypes.create_string_buffer(96)
        if not self._try("nvmlSystemGetDriverVersion", text, len(text)):
            return None
        return text.value.decode("ascii", "replace") or None

    def is_virtual(self, uuid):
        handle, mode = c_void_p(), c_int()
        if uuid is None or not self._try("nvmlDeviceGetHandleByUUID", uuid.encode(), byref(handle)):
            return None
        if not self._try("nvmlDeviceGetVirtualizationMode", handle, byref(mode)):
            return None
        return mode.value == VIRTUAL_GPU

    def _try(self, name, *arguments):
        try:
            if self._library is None:
                return False
            self._library.call(name, *arguments)
            return True
        except Failure:
            return False


def version_of_kernel_module():
    """`570.211.01`, as the kernel module says of itself; None where the container does not show it."""
    try:
        with open("/proc/driver/nvidia/version", encoding="ascii", errors="replace") as file:
            found = re.search(r"Kernel Module.*?\s(\d{3,}\.\d+(?:\.\d+)?)\s", file.read())
            return found.group(1) if found else None
    except OSError:
        return None


def attribute(cuda, name, device):
    value = c_int()
    cuda.call("cuDeviceGetAttribute", byref(value), ATTRIBUTE[name], device)
    return value.value


def describe(cuda, management, index):
    device = DEVICE()
    cuda.call("cuDeviceGet", byref(device), index)
    name = ctypes.create_string_buffer(256)
    cuda.call("cuDeviceGetName", name, len(name), device)
    total = c_size_t()
    cuda.call("cuDeviceTotalMem_v2", byref(total), device)
    title = name.value.decode("utf-8", "replace")
    # The driver names a slice after its profile: `NVIDIA A100 80GB PCIe MIG 1g.10gb`.
    mig = re.search(r"\bMIG\b", title) is not None
    uuid = uuid_of(cuda, device, mig)
    return {
        "index": index,
        "uuid": uuid,
        "name": title,
        "memoryBytes": total.value,
        "computeCapability": f"{attribute(cuda, 'major', device)}.{attribute(cuda, 'minor', device)}",
        "mig": mig,
        "vgpu": management.is_virtual(uuid),
    }


def uuid_of(cuda, device, mig):
    raw = (c_ubyte * 16)()
    # The first knows nothing of slices: it gives the UUID of the whole GPU.
    function = "cuDeviceGetUuid_v2" if cuda.has("cuDeviceGetUuid_v2") else "cuDeviceGetUuid"
    cuda.call(function, raw, device)
    hexadecimal = bytes(raw).hex()
    parts = [hexadecimal[0:8], hexadecimal[8:12], hexadecimal[12:16], hexadecimal[16:20], hexadecimal[20:32]]
    prefix = "MIG" if mig and function == "cuDeviceGetUuid_v2" else "GPU"
    return f"{prefix}-{'-'.join(parts)}"


def load_module(cuda):
    module = c_void_p()
    log = ctypes.create_string_buffer(2048)
    options = (c_int * 2)(JIT_ERROR_LOG, JIT_ERROR_LOG_BYTES)
    # The size is passed as a value where the others pass an address.
    values = (c_void_p * 2)(ctypes.addressof(log), len(log))
    try:
        cuda.call("cuModuleLoadDataEx", byref(module), PTX.encode("ascii"), 2, options, values)
    except Failure as failure:
        said = " ".join(log.value.decode("utf-8", "replace").split())
        raise Failure(f"{failure}{': ' + said if said else ''}", **failure.details) from failure
    return module


class Gpu:
    """Memory, launches and time of one context."""

    def __init__(self, cuda, module):
        self._cuda = cuda
        self._kernels = {name: self._kernel(module, name) for name in ("vector_add", "matrix_multiply", "fma_loop")}

    def _kernel(self, module, name):
        function = c_void_p()
        self.call("cuModuleGetFunction", byref(function), module, name.encode("ascii"))
        return function

    def call(self, name, *arguments):
        self._cuda.call(name, *arguments)

    def allocate(self, size):
        address = ADDRESS()
        self.call("cuMemAlloc_v2", byref(address), size)
        return address

    def free(self, *addresses):
        for address in addresses:
            self.call("cuMemFree_v2", address)

    def upload(self, values):
        """An array on the device."""
        start, length = values.buffer_info()
        size = length * values.itemsize
        address = self.allocate(size)
        self.call("cuMemcpyHtoD_v2", address, start, size)
        return address

    def spoiled(self, size):
        """Memory full of bytes that are no result of anything: NaN as a float."""
        address = self.allocate(size)
        self.call("cuMemsetD8_v2", address, 0xFF, size)
        return address

    def download(self, address, length):
        values = array("f", bytes(4 * length))
        start, _ = values.buffer_info()
        self.call("cuMemcpyDtoH_v2", start, address, 4 * length)
        return values

    def launch(self, name, grid, block, *arguments):
        # The addresses of the arguments, which have to live until the call is over.
        pointers = (c_void_p * len(arguments))(*[ctypes.addressof(argument) for argument in arguments])
        self.call("cuLaunchKernel", self._kernels[name], *grid, *block, 0, None, pointers, None)

    def synchronize(self):
        self.call("cuCtxSynchronize")

    def seconds(self, action):
        """How long the GPU takes for what the action asks of it."""
        events = [EVENT(), EVENT()]
        for event in events:
            self.call("cuEventCreate", byref(event), 1)  # CU_EVENT_BLOCKING_SYNC
        # A container that has used up its CPU is stopped for the rest of a tenth of a second, and the GPU would wait for it.
        time.sleep(PERIOD)
        self.call("cuEventRecord", events[0], None)
        action()
        self.call("cuEventRecord", events[1], None)
        self.call("cuEventSynchronize", events[1])
        elapsed = c_float()
        self.call("cuEventElapsedTime", byref(elapsed), events[0], events[1])
        for event in events:
            self.call("cuEventDestroy_v2", event)
        # Events count in half microseconds: nothing takes no time at all.
        return max(elapsed.value / 1000, 1e-6)


LARGEST = 3.4e38  # JSON knows neither infinity nor what is no number


def small_numbers(seed, length):
    """0 to 7, at random but always the same: their sums and products are exact in 32-bit floats."""
    table = bytes(value & 7 for value in range(256))
    return array("f", list(random.Random(seed).randbytes(length).translate(table)))


def largest_difference(found, wanted):
    """0 for equal arrays. A result that is no number differs by as much as there is."""
    if found == wanted:
        return 0
    differences = (abs(one - other) for one, other in zip(found, wanted))
    return max(difference if difference < LARGEST else LARGEST for difference in differences)


def add_vectors(gpu, elements, threads):
    a, b = small_numbers(1, elements), small_numbers(2, elements)
    wanted = array("f", map(operator.add, a, b))
    on_device = [gpu.upload(a), gpu.upload(b), gpu.spoiled(4 * elements)]
    blocks = -(-elements // threads)
    gpu.launch("vector_add", (blocks, 1, 1), (threads, 1, 1), *on_device, c_uint(elements))
    gpu.synchronize()
    found = gpu.download(on_device[2], elements)
    gpu.free(*on_device)
    return {"elements": elements, "maxError": largest_difference(found, wanted)}


def multiply_matrices(gpu, n, repeats):
    a, b = small_numbers(3, n * n), small_numbers(4, n * n)
    on_device = [gpu.upload(a), gpu.upload(b), gpu.spoiled(4 * n * n)]

    def multiply():
        gpu.launch("matrix_multiply", (n // 16, n // 16, 1), (16, 16, 1), *on_device, c_uint(n))

    multiply()
    gpu.synchronize()
    found = gpu.download(on_device[2], n * n)
    seconds = min(gpu.seconds(multiply) for _ in range(repeats))
    gpu.free(*on_device)
    return {"n": n, "maxError": product_error(a, b, found, n), "tflops": rounded(2 * n**3 / seconds / 1e12)}


def product_error(a, b, found, n):
    """Largest error of found = a * b, for small integers in a and b.

    By Freivalds: a row is right if its product with a random vector is; that takes a second where multiplying would take minutes.
    A wrong row escapes with a probability of less than 2^-30. Rows that are wrong, the first few, are multiplied in full.
    """
    if not all(-LARGEST < value < LARGEST for value in found):
        return LARGEST
    chance = random.Random(5)
    vector = [chance.randrange(1, 2**31) for _ in range(n)]
    through_b = [dot(row, vector) for row in integer_rows(b, n)]
    right = [dot(row, through_b) for row in integer_rows(a, n)]
    wrong = []
    for row, integers in enumerate(integer_rows(found, n)):
        if dot(integers, vector) != right[row] or array("f", integers) != found[row * n : (row + 1) * n]:
            wrong.append(row)
    error = 0
    for row in wrong[:4]:
        factors = a[row * n : (row + 1) * n]
        wanted = array("f", [dot(factors, b[column : n * n : n]) for column in range(n)])
        error = max(error, largest_difference(found[row * n : (row + 1) * n], wanted))
    return error


def integer_rows(matrix, n):
    return (list(map(int, matrix[start : start + n])) for start in range(0, n * n, n))


def dot(one, other):
    return sum(map(operator.mul, one, other))


def measure_fp32(gpu, processors, sizes):
    threads = sizes["threads"]
    blocks = processors * sizes["blocks_per_processor"]
    total = blocks * threads
    out = gpu.spoiled(4 * total)
    rounds = c_uint(sizes["first_rounds"])

    def loop():
        gpu.launch("fma_loop", (blocks, 1, 1), (threads, 1, 1), out, c_float(-1), c_float(7), rounds)

    # The first time wakes the GPU up; the second says how many rounds take a tenth of a second.
    gpu.seconds(loop)
    once = gpu.seconds(loop)
    rounds.value = max(1, min(int(rounds.value * 0.1 / once), 2**24))
    best = min(gpu.seconds(loop) for _ in range(sizes["repeats"]))
    found = gpu.download(out, total)
    gpu.free(out)
    # Starts i, i+1, … i+7 with i = 0 to 7, and an even number of steps.
    wanted = array("f", [8 * (thread & 7) + 28 for thread in range(total)])
    if found != wanted:
        difference = largest_difference(found, wanted)
        raise Failure(f"A loop of multiplications and additions ended off by {difference}.", wrong_result=True)
    flops = 2 * CHAINS * STEPS_PER_ROUND * rounds.value * total
    return {"tflops": rounded(flops / best / 1e12)}


def measure_bandwidth(gpu, sizes):
    free, total = c_size_t(), c_size_t()
    gpu.call("cuMemGetInfo_v2", byref(free), byref(total))
    host_bytes, copies = sizes["host_bytes"], sizes["copies"]
    device_bytes = max(host_bytes, min(sizes["device_bytes"], free.value // 8))
    host = c_void_p()
    gpu.call("cuMemHostAlloc", byref(host), host_bytes, 0)
    one, other = gpu.allocate(device_bytes), gpu.spoiled(device_bytes)
    pattern = bytes(range(256)) * (host_bytes // 256)
    ctypes.memmove(host, pattern, host_bytes)

    def best(copy, size):
        def all_copies():
            for _ in range(copies):
                copy()

        return rounded(copies * size / min(gpu.seconds(all_copies) for _ in range(sizes["repeats"])) / 1e9)

    def upload():
        gpu.call("cuMemcpyHtoDAsync_v2", one, host, host_bytes, None)

    def copy():
        gpu.call("cuMemcpyDtoDAsync_v2", other, one, device_bytes, None)

    def download():
        gpu.call("cuMemcpyDtoHAsync_v2", host, other, host_bytes, None)

    up = best(upload, host_bytes)
    # Read once and written once.
    inside = best(copy, 2 * device_bytes)
    ctypes.memset(host, 0, host_bytes)
    down = best(download, host_bytes)
    same = ctypes.string_at(host, host_bytes) == pattern
    gpu.free(one, other)
    gpu.call("cuMemFreeHost", host)
    if not same:
        raise Failure("What was copied to the device, on it and back again is not what it was.", wrong_result=True)
    return {"hostToDevice": up, "deviceToHost": down, "device": inside}


def rounded(value):
    """Three digits that count."""
    return float(f"{value:.3g}")


def run_work(level, load, write, leave, sizes=None, limits=None):
    report = Report(level, write)
    watch = Watch(report, limits or LIMITS, leave)
    try:
        work(level, load, report, watch, sizes or SIZES)
    except Failure as failure:
        report.fail(str(failure), failure.details)
    except Exception as error:  # What nobody foresaw is told as well: a log without a line says nothing.
        report.fail(f"{type(error).__name__}: {error}", {})
    watch.end()
    report.print()
    return 0 if report.content["ok"] else 1


def run_isolation(files, write):
    seen = seen_files(files)
    content = {"suite": "gpu-smoke", "version": VERSION, "mode": "isolation", "ok": not seen, "deviceFiles": seen}
    write(json.dumps(content, separators=(",", ":")) + "\n")
    return 1 if seen else 0


def write_out(text):
    sys.stdout.write(text)
    sys.stdout.flush()


def main(arguments):
    parser = argparse.ArgumentParser(description="Asks a GPU to work and prints one line of JSON about it.")
    chosen = parser.add_mutually_exclusive_group(required=True)
    chosen.add_argument("--level", choices=["quick", "standard"])
    chosen.add_argument("--isolation", action="store_true")
    options = parser.parse_args(arguments)
    if options.isolation:
        return run_isolation(device_files(), write_out)
    return run_work(options.level, load_library, write_out, os._exit)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
