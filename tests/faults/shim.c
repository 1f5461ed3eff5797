/* A disk that fails: stands beneath one process (LD_PRELOAD, 64-bit Linux) and lets the n-th call that would change the disk fail, or
   kills the process there.

   Counted are calls that change what lies below one folder: writing, syncing, making, cutting, renaming, linking and removing. So pipes
   to workers, the terminal and temporary files elsewhere do not count. The variables are taken out of the environment before the program
   begins, and so the processes that it starts run undisturbed.

     UNDERSCORE_FAULT_UNDER   the folder; without it nothing is counted
     UNDERSCORE_FAULT_AT      which call, from 1; without it all of them succeed
     UNDERSCORE_FAULT_ERRNO   EIO (a broken disk; this if not set) or ENOSPC (a full one, on which what needs no room succeeds)
     UNDERSCORE_FAULT_STICKY  1: from that call on, until the process ends; else that call only
     UNDERSCORE_FAULT_KILL    1: that call does not return, and the process is killed instead (a write gets half way before)
     UNDERSCORE_FAULT_LOG     a file that gets a line for each counted call: its name and what it was called for

   The system is called directly, and not through the functions that these stand before: nothing needs to be looked up, and so it works
   from the first call on, in every thread and in handlers of signals. Some programs do the same with their renames, which no function can
   stand before; the kernel hands those back (see `catch_renames`). */
#include "beneath.h"
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <ucontext.h>

static long fails_at;
static int error_number = EIO;
static bool is_sticky;
static bool kills;
static int log_to = -1;
static atomic_long counted;

static void catch_renames(void);

static bool is_set(const char *name)
{
    const char *value = getenv(name);
    return value && !strcmp(value, "1");
}

__attribute__((constructor)) static void begin(void)
{
    const char *folder = getenv("UNDERSCORE_FAULT_UNDER");
    const char *at = getenv("UNDERSCORE_FAULT_AT");
    const char *number = getenv("UNDERSCORE_FAULT_ERRNO");
    const char *log = getenv("UNDERSCORE_FAULT_LOG");
    if (at)
        fails_at = strtol(at, NULL, 10);
    if (number && !strcmp(number, "ENOSPC"))
        error_number = ENOSPC;
    is_sticky = is_set("UNDERSCORE_FAULT_STICKY");
    kills = is_set("UNDERSCORE_FAULT_KILL");
    log_to = open_log(log);
    /* Last, because from here on it counts. */
    if (look_under(folder))
        catch_renames();
    static const char *const names[] = {"LD_PRELOAD", "UNDERSCORE_FAULT_UNDER", "UNDERSCORE_FAULT_AT", "UNDERSCORE_FAULT_ERRNO",
                                        "UNDERSCORE_FAULT_STICKY", "UNDERSCORE_FAULT_KILL", "UNDERSCORE_FAULT_LOG"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        unsetenv(names[i]);
}

/* A path as it looks from the root. Points in it are left as they are: the program under test knows its folder by its full name. */
static const char *absolute(int folder, const char *name, char *path, size_t size)
{
    if (name[0] == '/')
        return name;
    if (folder != AT_FDCWD)
        path_of(folder, path, size);
    else if (syscall(SYS_getcwd, path, size) < 0)
        path[0] = 0;
    size_t length = strlen(path);
    snprintf(path + length, size - length, "/%s", name);
    return path;
}

enum fate { SUCCEEDS, FAILS, FAILS_HALF_WAY };

static void die(void)
{
    syscall(SYS_kill, getpid(), SIGKILL);
    for (;;)
        pause();
}

/* What becomes of a call for this path. */
static enum fate fate_of(const char *call, const char *path, bool is_write, bool needs_room)
{
    if (!is_under(path))
        return SUCCEEDS;
    long n = atomic_fetch_add(&counted, 1) + 1;
    write_line(log_to, call, path);
    if (!fails_at || n < fails_at || (n > fails_at && !is_sticky))
        return SUCCEEDS;
    if (kills) {
        if (!is_write)
            die();
        return FAILS_HALF_WAY;
    }
    if (error_number == ENOSPC && !needs_room)
        return SUCCEEDS;
    /* A disk that fills up takes some of it, tells so, and takes nothing from then on. */
    if (error_number == ENOSPC && is_write && is_sticky && n == fails_at)
        return FAILS_HALF_WAY;
    errno = error_number;
    return FAILS;
}

static enum fate fate_of_fd(const char *call, int fd, bool is_write, bool needs_room)
{
    char path[PATH_MAX];
    int before = errno;
    enum fate fate = under_length ? fate_of(call, path_of(fd, path, sizeof path), is_write, needs_room) : SUCCEEDS;
    if (fate == SUCCEEDS)
        errno = before;
    return fate;
}

static enum fate fate_of_name(const char *call, int folder, const char *name, bool needs_room)
{
    char path[PATH_MAX];
    int before = errno;
    enum fate fate = under_length ? fate_of(call, absolute(folder, name, path, sizeof path), false, needs_room) : SUCCEEDS;
    if (fate == SUCCEEDS)
        errno = before;
    return fate;
}

/* After half of a write. */
static ssize_t half(long written)
{
    if (kills)
        die();
    return written;
}

/* Half of so many bytes, but one at least: nothing would look like the end of a file. */
static size_t half_of(size_t size)
{
    return size > 1 ? size / 2 : size;
}

ssize_t write(int fd, const void *data, size_t size)
{
    enum fate fate = fate_of_fd("write", fd, true, true);
    if (fate == SUCCEEDS)
        return syscall(SYS_write, fd, data, size);
    return fate == FAILS ? -1 : half(syscall(SYS_write, fd, data, half_of(size)));
}

ssize_t pwrite(int fd, const void *data, size_t size, off_t at)
{
    enum fate fate = fate_of_fd("pwrite", fd, true, true);
    if (fate == SUCCEEDS)
        return syscall(SYS_pwrite64, fd, data, size, at);
    return fate == FAILS ? -1 : half(syscall(SYS_pwrite64, fd, data, half_of(size), at));
}

ssize_t pwrite64(int fd, const void *data, size_t size, off64_t at) __attribute__((alias("pwrite")));

ssize_t writev(int fd, const struct iovec *parts, int count)
{
    enum fate fate = fate_of_fd("writev", fd, true, true);
    if (fate == SUCCEEDS)
        return syscall(SYS_writev, fd, parts, count);
    return fate == FAILS ? -1 : half(count > 0 ? syscall(SYS_write, fd, parts->iov_base, half_of(parts->iov_len)) : 0);
}

ssize_t pwritev2(int fd, const struct iovec *parts, int count, off_t at, int flags)
{
    enum fate fate = fate_of_fd("pwritev", fd, true, true);
    if (fate == SUCCEEDS)
        return syscall(SYS_pwritev2, fd, parts, (long)count, (long)at, 0L, (long)flags);
    return fate == FAILS ? -1 : half(count > 0 ? syscall(SYS_pwrite64, fd, parts->iov_base, half_of(parts->iov_len), at) : 0);
}

ssize_t pwritev64v2(int fd, const struct iovec *parts, int count, off64_t at, int flags) __attribute__((alias("pwritev2")));

ssize_t pwritev(int fd, const struct iovec *parts, int count, off_t at)
{
    return pwritev2(fd, parts, count, at, 0);
}

ssize_t pwritev64(int fd, const struct iovec *parts, int count, off64_t at) __attribute__((alias("pwritev")));

ssize_t copy_file_range(int from, off64_t *from_at, int to, off64_t *to_at, size_t size, unsigned flags)
{
    enum fate fate = fate_of_fd("copy_file_range", to, true, true);
    if (fate == SUCCEEDS)
        return syscall(SYS_copy_file_range, from, from_at, to, to_at, size, flags);
    return fate == FAILS ? -1 : half(syscall(SYS_copy_file_range, from, from_at, to, to_at, half_of(size), flags));
}

int fsync(int fd)
{
    return fate_of_fd("fsync", fd, false, true) == SUCCEEDS ? (int)syscall(SYS_fsync, fd) : -1;
}

int fdatasync(int fd)
{
    return fate_of_fd("fdatasync", fd, false, true) == SUCCEEDS ? (int)syscall(SYS_fdatasync, fd) : -1;
}

int sync_file_range(int fd, off64_t from, off64_t length, unsigned flags)
{
    return fate_of_fd("sync_file_range", fd, false, true) == SUCCEEDS ? (int)syscall(SYS_sync_file_range, fd, from, length, flags) : -1;
}

/* Which file is mapped there is not known; the programs under test map only files of their own folder for writing. */
int msync(void *at, size_t length, int flags)
{
    return fate_of("msync", under, false, true) == SUCCEEDS ? (int)syscall(SYS_msync, at, length, flags) : -1;
}

int ftruncate(int fd, off_t length)
{
    struct stat now;
    bool grows = fstat(fd, &now) || now.st_size < length;
    return fate_of_fd("ftruncate", fd, false, grows) == SUCCEEDS ? (int)syscall(SYS_ftruncate, fd, length) : -1;
}

int ftruncate64(int fd, off64_t length) __attribute__((alias("ftruncate")));

int fallocate(int fd, int mode, off_t from, off_t length)
{
    return fate_of_fd("fallocate", fd, false, true) == SUCCEEDS ? (int)syscall(SYS_fallocate, fd, mode, from, length) : -1;
}

int fallocate64(int fd, int mode, off64_t from, off64_t length) __attribute__((alias("fallocate")));

/* Tells its error by what it returns. */
int posix_fallocate(int fd, off_t from, off_t length)
{
    int before = errno;
    int result = fallocate(fd, 0, from, length) ? errno : 0;
    errno = before;
    return result;
}

int posix_fallocate64(int fd, off64_t from, off64_t length) __attribute__((alias("posix_fallocate")));

static int open_file(int folder, const char *name, int flags, mode_t mode)
{
    if (flags & (O_CREAT | O_TRUNC) && fate_of_name("open", folder, name, true) != SUCCEEDS)
        return -1;
    return (int)syscall(SYS_openat, folder, name, flags, mode);
}

int creat(const char *name, mode_t mode)
{
    return open_file(AT_FDCWD, name, O_CREAT | O_WRONLY | O_TRUNC, mode);
}

int creat64(const char *name, mode_t mode) __attribute__((alias("creat")));

/* Tells our own renames from those that are caught: an argument that the kernel does not look at. */
#define OURS 0x0fa17L

/* Into the folder or out of it: both change it. */
static int rename_file(int from_folder, const char *from, int to_folder, const char *to, unsigned flags)
{
    char path[PATH_MAX];
    bool goes_there = is_under(absolute(to_folder, to, path, sizeof path));
    enum fate fate = goes_there ? fate_of_name("rename", to_folder, to, true) : fate_of_name("rename", from_folder, from, true);
    return fate == SUCCEEDS ? (int)syscall(SYS_renameat2, from_folder, from, to_folder, to, flags, OURS) : -1;
}

int rename(const char *from, const char *to)
{
    return rename_file(AT_FDCWD, from, AT_FDCWD, to, 0);
}

int renameat(int from_folder, const char *from, int to_folder, const char *to)
{
    return rename_file(from_folder, from, to_folder, to, 0);
}

int renameat2(int from_folder, const char *from, int to_folder, const char *to, unsigned flags)
{
    return rename_file(from_folder, from, to_folder, to, flags);
}

int linkat(int from_folder, const char *from, int to_folder, const char *to, int flags)
{
    if (fate_of_name("link", to_folder, to, true) != SUCCEEDS)
        return -1;
    return (int)syscall(SYS_linkat, from_folder, from, to_folder, to, flags);
}

int link(const char *from, const char *to)
{
    return linkat(AT_FDCWD, from, AT_FDCWD, to, 0);
}

int unlinkat(int folder, const char *name, int flags)
{
    return fate_of_name("unlink", folder, name, false) == SUCCEEDS ? (int)syscall(SYS_unlinkat, folder, name, flags) : -1;
}

int unlink(const char *name)
{
    return unlinkat(AT_FDCWD, name, 0);
}

int rmdir(const char *name)
{
    return unlinkat(AT_FDCWD, name, AT_REMOVEDIR);
}

int mkdirat(int folder, const char *name, mode_t mode)
{
    return fate_of_name("mkdir", folder, name, true) == SUCCEEDS ? (int)syscall(SYS_mkdirat, folder, name, mode) : -1;
}

int mkdir(const char *name, mode_t mode)
{
    return mkdirat(AT_FDCWD, name, mode);
}

#if defined __x86_64__ || defined __aarch64__
#ifdef __x86_64__
#define ARGUMENT(context, i) ((context)->uc_mcontext.gregs[(const int[]){REG_RDI, REG_RSI, REG_RDX, REG_R10, REG_R8}[i]])
#define RESULT(context) ((context)->uc_mcontext.gregs[REG_RAX])
#else
#define ARGUMENT(context, i) ((context)->uc_mcontext.regs[i])
#define RESULT(context) ((context)->uc_mcontext.regs[0])
#endif

/* A rename that the kernel handed back. */
static void caught(int signal, siginfo_t *info, void *at)
{
    ucontext_t *context = at;
    int before = errno, result = -1;
    (void)signal;
#ifdef SYS_rename
    if (info->si_syscall == SYS_rename)
        result = rename((const char *)ARGUMENT(context, 0), (const char *)ARGUMENT(context, 1));
    else
#endif
        result = rename_file((int)ARGUMENT(context, 0), (const char *)ARGUMENT(context, 1), (int)ARGUMENT(context, 2),
                             (const char *)ARGUMENT(context, 3), info->si_syscall == SYS_renameat2 ? (unsigned)ARGUMENT(context, 4) : 0);
    RESULT(context) = result < 0 ? -errno : 0;
    errno = before;
}

/* Has the kernel hand back every rename that is not ours. Processes that this one starts inherit that, without the handler: a worker that
   renames a file would be ended. Where the kernel does not let us, such renames are not counted. */
static void catch_renames(void)
{
    struct sigaction action = {.sa_sigaction = caught, .sa_flags = SA_SIGINFO};
    struct sock_filter program[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
#ifdef SYS_rename
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_rename, 3, 0),
#else
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_renameat2, 3, 0),
#endif
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_renameat, 2, 0),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_renameat2, 1, 0),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[5])),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, OURS, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRAP),
    };
    struct sock_fprog filter = {.len = sizeof program / sizeof *program, .filter = program};
    if (!sigaction(SIGSYS, &action, NULL) && !prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
        prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter);
}
#else
static void catch_renames(void)
{
}
#endif
