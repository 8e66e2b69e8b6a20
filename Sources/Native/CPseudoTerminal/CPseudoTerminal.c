#define _GNU_SOURCE
#include "CPseudoTerminal.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <malloc.h>
#include <signal.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

// What the child writes to its parent when it cannot go on.
struct failure {
    int stage;
    int error;
};

// Only async-signal-safe calls from here to execve: the parent has threads, and this is a copy of one.
static void give_up(int report, enum cpty_stage stage) {
    struct failure failure = {stage, errno};
    ssize_t written;
    do {
        written = write(report, &failure, sizeof failure);
    } while (written < 0 && errno == EINTR);
    _exit(127);
}

static void run_child(const struct cpty_child *child, int terminal, int report) {
    struct sigaction action = {.sa_handler = SIG_DFL};
    sigemptyset(&action.sa_mask);
    for (int signal = 1; signal < NSIG; signal++) sigaction(signal, &action, NULL);

    // The report may sit on 0, 1 or 2 when the parent had those closed; move it out of the way first.
    if (report <= STDERR_FILENO) {
        report = fcntl(report, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
        if (report < 0) _exit(127);
    }
    if (terminal <= STDERR_FILENO) {
        terminal = fcntl(terminal, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
        if (terminal < 0) give_up(report, CPTY_TAKE_TERMINAL);
    }
    if (setsid() < 0) give_up(report, CPTY_TAKE_TERMINAL);
    if (ioctl(terminal, TIOCSCTTY, 0) < 0) give_up(report, CPTY_TAKE_TERMINAL);
    for (int descriptor = 0; descriptor <= STDERR_FILENO; descriptor++) {
        if (dup2(terminal, descriptor) < 0) give_up(report, CPTY_TAKE_TERMINAL);
    }
    if (child->changes_user) {
        // Groups first, the user last: afterwards there is no right left to change any. By the system
        // call, since the library's wrappers signal other threads, of which the child has none.
        if (syscall(SYS_setgroups, child->group_count, child->groups) < 0 ||
            syscall(SYS_setresgid, child->gid, child->gid, child->gid) < 0 ||
            syscall(SYS_setresuid, child->uid, child->uid, child->uid) < 0)
            give_up(report, CPTY_CHANGE_USER);
    }
    if (child->directory && chdir(child->directory) < 0) give_up(report, CPTY_CHANGE_DIRECTORY);
    // Whatever the parent forgot to mark. The report is marked already and must live until execve.
    if (syscall(SYS_close_range, STDERR_FILENO + 1, ~0U, 4 /* CLOSE_RANGE_CLOEXEC */) < 0) {
        long most = sysconf(_SC_OPEN_MAX);
        for (int descriptor = STDERR_FILENO + 1; descriptor < most; descriptor++)
            fcntl(descriptor, F_SETFD, FD_CLOEXEC);
    }
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    execve(child->program, child->arguments, child->environment);
    give_up(report, CPTY_EXECUTE);
}

// Both sides of a new terminal; 0 or an errno.
static int open_terminal(int *master, int *terminal, uint16_t columns, uint16_t rows) {
    char name[128];
    struct winsize size = {.ws_row = rows, .ws_col = columns};
    int error;
    *terminal = -1;
    *master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (*master < 0) return errno;
    if (grantpt(*master) == 0 && unlockpt(*master) == 0 &&
        ptsname_r(*master, name, sizeof name) == 0 &&
        (*terminal = open(name, O_RDWR | O_NOCTTY | O_CLOEXEC)) >= 0 &&
        ioctl(*terminal, TIOCSWINSZ, &size) == 0 &&
        fcntl(*master, F_SETFL, fcntl(*master, F_GETFL) | O_NONBLOCK) == 0)
        return 0;
    error = errno;
    if (*terminal >= 0) close(*terminal);
    close(*master);
    return error;
}

// Waits until the child has executed, which closes the pipe, or has said why not.
static struct failure read_report(int report) {
    struct failure failure = {CPTY_OK, 0};
    size_t filled = 0;
    while (filled < sizeof failure) {
        ssize_t count = read(report, (char *)&failure + filled, sizeof failure - filled);
        if (count > 0) {
            filled += (size_t)count;
        } else if (count == 0 || errno != EINTR) {
            break;
        }
    }
    if (filled == sizeof failure) return failure;
    return (struct failure){CPTY_OK, 0};
}

struct cpty_result cpty_spawn(const struct cpty_child *child, uint16_t columns, uint16_t rows) {
    struct cpty_result result = {CPTY_OK, 0, -1, -1};
    int terminal, report[2];
    result.error = open_terminal(&result.master, &terminal, columns, rows);
    if (result.error != 0) {
        result.stage = CPTY_OPEN_TERMINAL;
        return result;
    }
    if (pipe2(report, O_CLOEXEC) < 0) {
        result.stage = CPTY_FORK;
        result.error = errno;
        close(terminal);
        close(result.master);
        return result;
    }
    // No handler of the parent may run in the child before it has taken them away.
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    result.pid = fork();
    if (result.pid == 0) {
        run_child(child, terminal, report[1]);
    }
    int fork_error = errno;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    close(terminal);
    close(report[1]);
    if (result.pid < 0) {
        result.stage = CPTY_FORK;
        result.error = fork_error;
    } else {
        struct failure failure = read_report(report[0]);
        result.stage = (enum cpty_stage)failure.stage;
        result.error = failure.error;
        if (failure.stage != CPTY_OK) cpty_wait(result.pid);
    }
    close(report[0]);
    if (result.stage != CPTY_OK) {
        close(result.master);
        result.master = -1;
        result.pid = -1;
    }
    return result;
}

int cpty_resize(int terminal, uint16_t columns, uint16_t rows) {
    struct winsize size = {.ws_row = rows, .ws_col = columns};
    return ioctl(terminal, TIOCSWINSZ, &size) == 0 ? 0 : errno;
}

int cpty_size(int terminal, uint16_t *columns, uint16_t *rows) {
    struct winsize size;
    if (ioctl(terminal, TIOCGWINSZ, &size) != 0) return errno;
    *columns = size.ws_col;
    *rows = size.ws_row;
    return 0;
}

struct cpty_exit cpty_wait(pid_t pid) {
    int status;
    pid_t ended;
    do {
        ended = waitpid(pid, &status, 0);
    } while (ended < 0 && errno == EINTR);
    if (ended < 0) return (struct cpty_exit){errno, false, 0};
    if (WIFSIGNALED(status)) return (struct cpty_exit){0, true, WTERMSIG(status)};
    return (struct cpty_exit){0, false, WEXITSTATUS(status)};
}

bool cpty_has_ended(pid_t pid) {
    siginfo_t info = {0};
    if (waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT) < 0) return true;
    return info.si_pid == pid;
}

int cpty_event(void) { return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK); }

void cpty_name_thread(const char *name) {
    char cut[16] = {0};
    strncpy(cut, name, sizeof cut - 1);
    pthread_setname_np(pthread_self(), cut);
}

char *const *cpty_environment(void) { return environ; }

void cpty_limit_arenas(int count) { mallopt(M_ARENA_MAX, count); }

void cpty_trim_memory(void) { malloc_trim(0); }

void cpty_release_memory(void) {
    cpty_trim_memory();
    FILE *maps = fopen("/proc/self/maps", "re");
    if (maps == NULL) return;
    char line[512];
    while (fgets(line, sizeof line, maps) != NULL) {
        unsigned long begin, end, inode;
        // Only what can never have been written to: anything else would lose what was written.
        if (sscanf(line, "%lx-%lx r-xp %*x %*s %lu", &begin, &end, &inode) != 3 || inode == 0) continue;
        madvise((void *)begin, end - begin, MADV_DONTNEED);
    }
    fclose(maps);
}
