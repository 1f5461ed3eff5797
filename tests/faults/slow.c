/* A slow disk, like a share over a bad line: stands beneath a process and those that it starts (LD_PRELOAD, Linux) and lets every call that looks
   at something below one folder wait before it is done.

     UNDERSCORE_SLOW_UNDER   the folder; without it nothing waits
     UNDERSCORE_SLOW_MS      how long
     UNDERSCORE_SLOW_LOG     a file that gets a line for each such call: its name and what it was called for */
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static char under[PATH_MAX];
static size_t under_length;
static long wait_ms;
static int log_to = -1;

__attribute__((constructor)) static void begin(void)
{
    const char *folder = getenv("UNDERSCORE_SLOW_UNDER");
    const char *ms = getenv("UNDERSCORE_SLOW_MS");
    const char *log = getenv("UNDERSCORE_SLOW_LOG");
    wait_ms = ms ? strtol(ms, NULL, 10) : 0;
    if (log)
        log_to = (int)syscall(SYS_openat, AT_FDCWD, log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (folder && strlen(folder) < sizeof under) {
        strcpy(under, folder);
        under_length = strlen(under);
    }
}

static void slow(const char *call, const char *path)
{
    if (!under_length || strncmp(path, under, under_length) || (path[under_length] != '/' && path[under_length]))
        return;
    int before = errno;
    if (log_to >= 0) {
        char line[PATH_MAX + 64];
        int length = snprintf(line, sizeof line, "%s %s\n", call, path[under_length] ? path + under_length + 1 : ".");
        syscall(SYS_write, log_to, line, (size_t)length);
    }
    struct timespec time = {wait_ms / 1000, wait_ms % 1000 * 1000000};
    nanosleep(&time, NULL);
    errno = before;
}

static void slow_fd(const char *call, int fd)
{
    char link[40], path[PATH_MAX];
    if (!under_length)
        return;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    long length = syscall(SYS_readlinkat, AT_FDCWD, link, path, sizeof path - 1);
    path[length > 0 ? length : 0] = 0;
    slow(call, path);
}

static int open_file(int folder, const char *name, int flags, mode_t mode)
{
    slow("open", name);
    return (int)syscall(SYS_openat, folder, name, flags, mode);
}

#define MODE_AFTER(flags)                                                                                                                  \
    mode_t mode = 0;                                                                                                                       \
    if ((flags) & O_CREAT || ((flags) & O_TMPFILE) == O_TMPFILE) {                                                                         \
        va_list more;                                                                                                                      \
        va_start(more, flags);                                                                                                             \
        mode = va_arg(more, mode_t);                                                                                                       \
        va_end(more);                                                                                                                      \
    }

int open(const char *name, int flags, ...)
{
    MODE_AFTER(flags)
    return open_file(AT_FDCWD, name, flags, mode);
}

int open64(const char *name, int flags, ...)
{
    MODE_AFTER(flags)
    return open_file(AT_FDCWD, name, flags | O_LARGEFILE, mode);
}

ssize_t read(int fd, void *into, size_t size)
{
    slow_fd("read", fd);
    return syscall(SYS_read, fd, into, size);
}

ssize_t pread64(int fd, void *into, size_t size, off64_t at)
{
    slow_fd("read", fd);
    return syscall(SYS_pread64, fd, into, size, at);
}

int statx(int folder, const char *restrict name, int flags, unsigned mask, struct statx *restrict into)
{
    /* Some ask with nothing, to see whether the system knows this call; the compiler believes that nobody does. */
    const char *volatile asked = name;
    if (asked && *asked)
        slow("stat", name);
    return (int)syscall(SYS_statx, folder, name, flags, mask, into);
}

DIR *opendir(const char *name)
{
    static DIR *(*next)(const char *);
    if (!next)
        next = (DIR * (*)(const char *)) dlsym(RTLD_NEXT, "opendir");
    slow("list", name);
    return next(name);
}
