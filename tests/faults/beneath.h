/* What all that stands beneath a program has in common: which folder it looks at, what a descriptor was opened for, and the calls that open.

   Who includes this says in `open_file` what opening does. The system is called directly, and not through the functions that these stand before. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static char under[PATH_MAX];
static size_t under_length;

/* From here on what lies below that folder is looked at. */
static bool look_under(const char *folder)
{
    if (!folder || strlen(folder) >= sizeof under)
        return false;
    strcpy(under, folder);
    under_length = strlen(under);
    return true;
}

static bool is_under(const char *path)
{
    return under_length && !strncmp(path, under, under_length) && (path[under_length] == '/' || !path[under_length]);
}

/* What a descriptor was opened for, or an empty text. */
static const char *path_of(int fd, char *path, size_t size)
{
    char link[40];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    long length = syscall(SYS_readlinkat, AT_FDCWD, link, path, size - 1);
    path[length > 0 ? length : 0] = 0;
    return path;
}

static int open_log(const char *name)
{
    return name ? (int)syscall(SYS_openat, AT_FDCWD, name, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600) : -1;
}

/* A line for a call, and what it was called for. */
static void write_line(int log, const char *call, const char *path)
{
    char line[PATH_MAX + 64];
    if (log < 0)
        return;
    int length = snprintf(line, sizeof line, "%s %s\n", call, path[under_length] ? path + under_length + 1 : ".");
    syscall(SYS_write, log, line, (size_t)length);
}

static int open_file(int folder, const char *name, int flags, mode_t mode);

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

int openat(int folder, const char *name, int flags, ...)
{
    MODE_AFTER(flags)
    return open_file(folder, name, flags, mode);
}

int openat64(int folder, const char *name, int flags, ...)
{
    MODE_AFTER(flags)
    return open_file(folder, name, flags | O_LARGEFILE, mode);
}
