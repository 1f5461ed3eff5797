/* A slow disk, like a share over a bad line: stands beneath a process and those that it starts (LD_PRELOAD, Linux) and lets every call that looks
   at something below one folder wait before it is done.

     UNDERSCORE_SLOW_UNDER   the folder; without it nothing waits
     UNDERSCORE_SLOW_MS      how long
     UNDERSCORE_SLOW_LOG     a file that gets a line for each such call: its name and what it was called for */
#include "beneath.h"
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <sys/stat.h>
#include <time.h>

static long wait_ms;
static int log_to = -1;

__attribute__((constructor)) static void begin(void)
{
    const char *ms = getenv("UNDERSCORE_SLOW_MS");
    wait_ms = ms ? strtol(ms, NULL, 10) : 0;
    log_to = open_log(getenv("UNDERSCORE_SLOW_LOG"));
    look_under(getenv("UNDERSCORE_SLOW_UNDER"));
}

static void slow(const char *call, const char *path)
{
    if (!is_under(path))
        return;
    int before = errno;
    write_line(log_to, call, path);
    struct timespec time = {wait_ms / 1000, wait_ms % 1000 * 1000000};
    nanosleep(&time, NULL);
    errno = before;
}

static void slow_fd(const char *call, int fd)
{
    char path[PATH_MAX];
    if (under_length)
        slow(call, path_of(fd, path, sizeof path));
}

static int open_file(int folder, const char *name, int flags, mode_t mode)
{
    slow("open", name);
    return (int)syscall(SYS_openat, folder, name, flags, mode);
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
