/* Preloaded into the platform: writes down, in one order, what goes to the journal's files, what is synced, and what passes its
 * sockets. A socket is written down before the bytes leave, a file after they are written, a sync after it returned: each on the
 * side that can only make the platform look worse.
 *
 *   W seq path hex        bytes written to a journal file
 *   S seq began path      fsync or fdatasync of a journal file, and the number at which it began
 *   R seq fd:port hex     bytes received
 *   A seq fd:port hex     bytes about to be sent
 *
 * ORDER_LOG names the file. With ORDER_NO_SYNC the syncs of the journal do nothing and are not written down: the negative control. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static unsigned long next_seq = 1;
static int log_fd = -2;

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

enum what { OTHER, JOURNAL, SOCKET };

static enum what look(int fd, char *name, size_t size) {
  struct stat st;
  if (fstat(fd, &st) != 0) return OTHER;
  if (S_ISSOCK(st.st_mode)) {
    struct sockaddr_in peer;
    socklen_t length = sizeof peer;
    if (getpeername(fd, (struct sockaddr *)&peer, &length) != 0 || peer.sin_family != AF_INET) return OTHER;
    snprintf(name, size, "%d:%d", fd, ntohs(peer.sin_port));
    return SOCKET;
  }
  if (!S_ISREG(st.st_mode)) return OTHER;
  char link[64];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t n = readlink(link, name, size - 1);
  if (n <= 0) return OTHER;
  name[n] = 0;
  const char *end = strrchr(name, '.');
  return end && strcmp(end, ".journal") == 0 ? JOURNAL : OTHER;
}

static unsigned long seq_now(void) {
  pthread_mutex_lock(&lock);
  unsigned long now = next_seq;
  pthread_mutex_unlock(&lock);
  return now;
}

static void note(char kind, const char *name, unsigned long began, const struct iovec *parts, int count, size_t length) {
  size_t room = 2 * length + strlen(name) + 64;
  char *line = malloc(room);
  if (!line) abort();
  pthread_mutex_lock(&lock);
  if (log_fd == -2) {
    const char *path = getenv("ORDER_LOG");
    log_fd = path ? (int)syscall(SYS_openat, AT_FDCWD, path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600) : -1;
  }
  int at = kind == 'S' ? snprintf(line, room, "S %lu %lu %s", next_seq, began, name) : snprintf(line, room, "%c %lu %s ", kind, next_seq, name);
  next_seq++;
  for (int i = 0; i < count && length > 0; i++) {
    const unsigned char *bytes = parts[i].iov_base;
    size_t n = parts[i].iov_len < length ? parts[i].iov_len : length;
    for (size_t j = 0; j < n; j++) {
      line[at++] = "0123456789abcdef"[bytes[j] >> 4];
      line[at++] = "0123456789abcdef"[bytes[j] & 15];
    }
    length -= n;
  }
  line[at++] = '\n';
  for (int done = 0; log_fd >= 0 && done < at;) {
    long n = syscall(SYS_write, log_fd, line + done, at - done);
    if (n <= 0) abort();
    done += (int)n;
  }
  pthread_mutex_unlock(&lock);
  free(line);
}

static size_t sum(const struct iovec *parts, int count) {
  size_t all = 0;
  for (int i = 0; i < count; i++) all += parts[i].iov_len;
  return all;
}

#define OUT(call, parts, count)                                              \
  char name[4096];                                                           \
  enum what is = look(fd, name, sizeof name);                                \
  if (is == SOCKET) note('A', name, 0, parts, count, sum(parts, count));     \
  ssize_t n = call;                                                          \
  if (is == JOURNAL && n > 0) note('W', name, 0, parts, count, (size_t)n);   \
  return n

ssize_t write(int fd, const void *bytes, size_t size) {
  struct iovec part = {(void *)bytes, size};
  OUT(REAL(write)(fd, bytes, size), &part, 1);
}
ssize_t writev(int fd, const struct iovec *parts, int count) { OUT(REAL(writev)(fd, parts, count), parts, count); }
ssize_t pwrite(int fd, const void *bytes, size_t size, off_t at) {
  struct iovec part = {(void *)bytes, size};
  OUT(REAL(pwrite)(fd, bytes, size, at), &part, 1);
}
ssize_t pwrite64(int fd, const void *bytes, size_t size, off64_t at) {
  struct iovec part = {(void *)bytes, size};
  OUT(REAL(pwrite64)(fd, bytes, size, at), &part, 1);
}
ssize_t send(int fd, const void *bytes, size_t size, int flags) {
  struct iovec part = {(void *)bytes, size};
  OUT(REAL(send)(fd, bytes, size, flags), &part, 1);
}
ssize_t sendto(int fd, const void *bytes, size_t size, int flags, const struct sockaddr *to, socklen_t length) {
  struct iovec part = {(void *)bytes, size};
  OUT(REAL(sendto)(fd, bytes, size, flags, to, length), &part, 1);
}
ssize_t sendmsg(int fd, const struct msghdr *message, int flags) {
  OUT(REAL(sendmsg)(fd, message, flags), message->msg_iov, (int)message->msg_iovlen);
}

#define IN(call, parts, count)                                               \
  ssize_t n = call;                                                          \
  char name[4096];                                                           \
  if (n > 0 && look(fd, name, sizeof name) == SOCKET) note('R', name, 0, parts, count, (size_t)n); \
  return n

ssize_t read(int fd, void *bytes, size_t size) {
  struct iovec part = {bytes, size};
  IN(REAL(read)(fd, bytes, size), &part, 1);
}
ssize_t readv(int fd, const struct iovec *parts, int count) { IN(REAL(readv)(fd, parts, count), parts, count); }
ssize_t recv(int fd, void *bytes, size_t size, int flags) {
  struct iovec part = {bytes, size};
  IN(REAL(recv)(fd, bytes, size, flags), &part, 1);
}
ssize_t recvfrom(int fd, void *bytes, size_t size, int flags, struct sockaddr *from, socklen_t *length) {
  struct iovec part = {bytes, size};
  IN(REAL(recvfrom)(fd, bytes, size, flags, from, length), &part, 1);
}
ssize_t recvmsg(int fd, struct msghdr *message, int flags) {
  IN(REAL(recvmsg)(fd, message, flags), message->msg_iov, (int)message->msg_iovlen);
}

#define SYNC(call)                                      \
  char name[4096];                                      \
  enum what is = look(fd, name, sizeof name);           \
  if (is == JOURNAL && getenv("ORDER_NO_SYNC")) return 0; \
  unsigned long began = seq_now();                      \
  int result = call;                                    \
  if (is == JOURNAL && result == 0) note('S', name, began, 0, 0, 0); \
  return result

int fsync(int fd) { SYNC(REAL(fsync)(fd)); }
int fdatasync(int fd) { SYNC(REAL(fdatasync)(fd)); }
