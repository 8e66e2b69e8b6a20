// CPseudoTerminal: the system calls around a terminal and a child that Swift cannot make safely itself,
// because between fork and execve only async-signal-safe calls are allowed.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/// What the child is and as whom; every pointer is owned by the caller and outlives the call.
struct cpty_child {
    const char *program;
    char *const *arguments;
    char *const *environment;
    /// NULL to stay where the parent is.
    const char *directory;
    /// Whether the next three are used; the caller must be root then.
    bool changes_user;
    uid_t uid;
    gid_t gid;
    /// The supplementary groups, looked up before the fork.
    const gid_t *groups;
    size_t group_count;
};

/// Where the child stood when it failed; `CPTY_OK` when it is running.
enum cpty_stage {
    CPTY_OK = 0,
    CPTY_OPEN_TERMINAL = 1,
    CPTY_FORK = 2,
    CPTY_TAKE_TERMINAL = 3,
    CPTY_CHANGE_USER = 4,
    CPTY_CHANGE_DIRECTORY = 5,
    CPTY_EXECUTE = 6,
};

/// What came of it: the stage that failed and its errno, or the master side and the child.
struct cpty_result {
    enum cpty_stage stage;
    int error;
    int master;
    pid_t pid;
};

/// Opens a terminal of that size and runs the child on it as leader of its own session.
///
/// The master is close-on-exec and non-blocking. The child has the terminal as 0, 1 and 2 and no other
/// descriptor, default signal handlers and an empty mask.
struct cpty_result cpty_spawn(const struct cpty_child *child, uint16_t columns, uint16_t rows);

/// Sets the size and tells the foreground group (SIGWINCH). 0 or an errno.
int cpty_resize(int terminal, uint16_t columns, uint16_t rows);

/// Reads the size of a terminal. 0 or an errno.
int cpty_size(int terminal, uint16_t *columns, uint16_t *rows);

/// What `wait` said of a child: its code, or the signal that ended it.
struct cpty_exit {
    int error;
    bool by_signal;
    int number;
};

/// Waits for the child and takes its status. Blocks.
struct cpty_exit cpty_wait(pid_t pid);

/// Whether the child has ended, without waiting and without taking its status.
bool cpty_has_ended(pid_t pid);

/// A counter to wake a poll with, close-on-exec and non-blocking. The descriptor, or -1 with errno.
int cpty_event(void);

/// Names the calling thread for whoever looks at the process from outside; cut to 15 characters.
void cpty_name_thread(const char *name);

/// Lets malloc make no more than so many arenas, of which each keeps memory of its own.
void cpty_limit_arenas(int count);

/// Gives back to the system what malloc keeps free.
void cpty_trim_memory(void);

/// Gives back to the system what malloc keeps free, and the pages of the program's code.
///
/// Code is mapped from its files and never changed: what is used again is read again, mostly from the page cache.
void cpty_release_memory(void);

/// The variables of this process as `NAME=value`, ended by NULL; may itself be NULL.
char *const *cpty_environment(void);
