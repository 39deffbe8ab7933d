//! A real `anlan` process over a data folder of its own: started, killed, started again, and gone with the test.
//! The demo district is seeded once per binary into `target/tmp` and copied from there.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Write};
use std::net::{SocketAddr, TcpListener};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicU16, Ordering};
use std::sync::mpsc::channel;
use std::sync::{Arc, Condvar, LazyLock, Mutex, Once, OnceLock};
use std::thread;
use std::time::Duration;

use tempfile::TempDir;

use crate::client::Client;
use crate::wait::{eventually, now};
use crate::{DEMO_SECRET, mqtt};

/// Ten times the promised 5 s.
const READY: Duration = Duration::from_secs(50);
/// Seeding the district happens once and is not what is tested.
const SEEDED: Duration = Duration::from_secs(300);
const SEED: &str = "7";

/// `anlan` beside the test, or where `ANLAN_BIN` says.
pub fn binary() -> PathBuf {
    if let Some(path) = std::env::var_os("ANLAN_BIN") {
        return PathBuf::from(path);
    }
    let test = std::env::current_exe().expect("the test knows its own path");
    let found = test.ancestors().skip(1).map(|folder| folder.join("anlan")).find(|path| path.is_file());
    found.unwrap_or_else(|| panic!("there is no `anlan` beside {}: build the workspace, or set ANLAN_BIN", test.display()))
}

/// How a platform is started.
#[derive(Clone, Debug, Default)]
pub struct Start {
    pub overlay: Option<PathBuf>,
    pub database: Option<String>,
    pub environment: BTreeMap<String, String>,
    /// `serve` instead of `demo --quiet-sim`.
    pub serve: bool,
}

/// A data folder and the addresses that belong to it. Removed when it goes.
pub struct Installation {
    folder: TempDir,
    listen: SocketAddr,
    mqtt: SocketAddr,
    pub start: Start,
}

impl Installation {
    /// An empty data folder.
    pub fn empty() -> Self {
        let folder = TempDir::with_prefix("anlan-test-").expect("a temporary folder");
        LEFT.lock().expect("no holder panics").push(folder.path().to_owned());
        Self { folder, listen: free_address(), mqtt: free_address(), start: Start { serve: true, ..Start::default() } }
    }

    /// The demo district, freshly seeded and quiet.
    pub fn demo() -> Self {
        let mut new = Self::empty();
        copy(&demo_template(), &new.data()).expect("the demo district can be copied");
        new.start.serve = false;
        new
    }

    pub fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }
    /// Beside the data folder.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes an overlay of these files and uses it from now on.
    pub fn overlay(&mut self, files: &[(&str, &str)]) {
        let dir = self.path("overlay");
        for (path, text) in files {
            let path = dir.join(path);
            fs::create_dir_all(path.parent().expect("it is inside the overlay")).expect("a folder");
            fs::write(path, text).expect("a file of the overlay");
        }
        self.start.overlay = Some(dir);
    }

    /// `--data` and `--database` as the other commands take them.
    fn place(&self) -> Vec<String> {
        let mut place = vec!["--data".to_owned(), self.data().to_str().expect("a plain path").to_owned()];
        if let Some(database) = &self.start.database {
            place.extend(["--database".to_owned(), database.clone()]);
        }
        place
    }

    /// Runs a command of the administrator's over the stopped installation; gives what it printed.
    #[track_caller]
    pub fn administrate(&self, arguments: &[&str], input: &str) -> String {
        let place = self.place();
        let all: Vec<&str> = arguments.iter().copied().chain(place.iter().map(String::as_str)).collect();
        let (code, out, err) = anlan(&all, input);
        assert_eq!(code, Some(0), "{arguments:?}: {err}");
        out.trim().to_owned()
    }

    /// The command that would start it.
    pub fn command(&self) -> Command {
        let mut command = Command::new(binary());
        command.arg(if self.start.serve { "serve" } else { "demo" }).arg("--data").arg(self.data());
        command.arg("--listen").arg(self.listen.to_string()).arg("--mqtt").arg(self.mqtt.to_string());
        if !self.start.serve {
            command.args(["--seed", SEED, "--quiet-sim"]);
        }
        if let Some(overlay) = &self.start.overlay {
            command.arg("--overlay").arg(overlay);
        }
        if let Some(database) = &self.start.database {
            command.arg("--database").arg(database);
        }
        command.envs(&self.start.environment).stdin(Stdio::null());
        command
    }

    /// Starts it and waits until it is ready.
    #[track_caller]
    pub fn run(self) -> Platform {
        self.run_within(READY)
    }

    #[track_caller]
    fn run_within(self, deadline: Duration) -> Platform {
        let mut platform =
            Platform { process: Process::spawn(self.command(), &self.path("log")), installation: self, tokens: Arc::default() };
        platform.wait_ready(deadline);
        platform
    }

    /// Starts it although it should refuse: exit status and everything it said.
    #[track_caller]
    pub fn refuses(&self) -> (Option<i32>, String) {
        let log = self.path("refusal.log");
        let process = Process::spawn(self.command(), &log);
        let status = process.ended(READY);
        (status.code(), fs::read_to_string(log).unwrap_or_default())
    }
}

/// One that answers.
pub struct Platform {
    process: Process,
    installation: Installation,
    tokens: Arc<Mutex<BTreeMap<String, Client>>>,
}

/// The quiet demo district that tests of one process share; whoever changes it uses names of their own.
pub fn shared() -> &'static Platform {
    static SHARED: OnceLock<Platform> = OnceLock::new();
    SHARED.get_or_init(|| {
        let mut installation = Installation::demo();
        // The figures of the shipped scheme are minutes.
        installation.overlay(&[("warning/settings.toml", "[severe_held]\nafter_s = 3\n")]);
        installation.run()
    })
}

impl Platform {
    pub fn demo() -> Self {
        Installation::demo().run()
    }

    pub fn base(&self) -> String {
        format!("http://{}", self.installation.listen)
    }
    pub fn mqtt(&self) -> SocketAddr {
        self.installation.mqtt
    }
    pub fn data(&self) -> PathBuf {
        self.installation.data()
    }
    pub fn installation(&self) -> &Installation {
        &self.installation
    }

    /// Nobody in particular.
    pub fn client(&self) -> Client {
        Client::new(self.base())
    }

    /// A demo account, logged in once.
    #[track_caller]
    pub fn user(&self, username: &str) -> Client {
        let mut tokens = self.tokens.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        tokens.entry(username.to_owned()).or_insert_with(|| self.client().log_in(username, DEMO_SECRET)).clone()
    }

    /// Publishes with mosquitto's client and expects the acknowledgement.
    #[track_caller]
    pub fn publish(&self, version: &str, enterprise: &str, gateway: &str, payload: &str) {
        mqtt::mosquitto_pub(self.mqtt(), version, gateway, DEMO_SECRET, &mqtt::topic(enterprise, gateway), payload).acknowledged();
    }

    fn ready(&self) -> bool {
        let answer = Client::try_send(self.client().request("GET", "/readyz").timeout(Duration::from_secs(2)));
        answer.is_ok_and(|answer| answer.status == 200)
    }

    #[track_caller]
    fn wait_ready(&mut self, deadline: Duration) {
        let until = now() + deadline;
        while !self.ready() {
            if let Some(status) = self.process.status() {
                panic!("anlan ended with {status} before it was ready:\n{}", self.process.log());
            }
            assert!(now() < until, "anlan is not ready after {deadline:?}:\n{}", self.process.log());
            thread::sleep(Duration::from_millis(10));
        }
    }

    /// `kill -9`: no last words.
    pub fn kill(&self) {
        self.process.signal(libc::SIGKILL);
        self.process.ended(READY);
    }

    pub fn signal(&self, signal: i32) {
        self.process.signal(signal);
    }

    #[track_caller]
    pub fn ended(&self, deadline: Duration) -> ExitStatus {
        self.process.ended(deadline)
    }

    /// Starts it again over the same data and at the same addresses; gives the time until it was ready.
    #[track_caller]
    pub fn restart(&mut self) -> Duration {
        let from = now();
        self.process = Process::spawn(self.installation.command(), &self.installation.path("log"));
        self.wait_ready(READY);
        now() - from
    }

    /// Lets it end and gives the data folder back.
    #[track_caller]
    pub fn stop(self) -> Installation {
        self.process.signal(libc::SIGTERM);
        let status = self.process.ended(READY);
        assert!(status.success(), "anlan ended with {status}:\n{}", self.process.log());
        self.installation
    }

    pub fn log(&self) -> String {
        self.process.log()
    }
}

/// A child that never outlives the test: the kernel kills it when the thread that keeps it goes.
struct Process {
    pid: i32,
    log: PathBuf,
    end: Arc<(Mutex<Option<ExitStatus>>, Condvar)>,
}

impl Process {
    #[track_caller]
    fn spawn(mut command: Command, log: &Path) -> Self {
        explain_failures();
        let mut file = File::options().create(true).append(true).open(log).expect("a log file");
        writeln!(file, "--- {command:?}").expect("the log can be written");
        let copy = file.try_clone().expect("a second handle");
        command.stdout(file).stderr(copy);
        // SAFETY: prctl is async-signal-safe and touches no memory of the parent.
        unsafe {
            command.pre_exec(|| match libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGKILL) {
                0 => Ok(()),
                _ => Err(io::Error::last_os_error()),
            });
        }
        let end = Arc::new((Mutex::new(None), Condvar::new()));
        let (say, pid) = channel();
        let ended = end.clone();
        thread::spawn(move || {
            let mut child = match command.spawn() {
                Ok(child) => child,
                Err(error) => return drop(say.send(Err(format!("{command:?}: {error}")))),
            };
            let _ = say.send(Ok(child.id()));
            let status = child.wait().expect("a child can be waited for");
            *ended.0.lock().expect("no holder panics") = Some(status);
            ended.1.notify_all();
        });
        let pid = pid.recv().expect("the keeper answers").unwrap_or_else(|why| panic!("{why}"));
        let pid = i32::try_from(pid).expect("a process id");
        LOGS.lock().unwrap_or_else(std::sync::PoisonError::into_inner).push(log.to_owned());
        Self { pid, log: log.to_owned(), end }
    }

    fn status(&self) -> Option<ExitStatus> {
        *self.end.0.lock().expect("no holder panics")
    }

    fn signal(&self, signal: i32) {
        let ended = self.end.0.lock().expect("no holder panics");
        if ended.is_none() {
            // SAFETY: the keeper has not reaped it yet, or has and could not say so: the id is then not reused within these microseconds.
            unsafe { libc::kill(self.pid, signal) };
        }
    }

    #[track_caller]
    fn ended(&self, deadline: Duration) -> ExitStatus {
        let guard = self.end.0.lock().expect("no holder panics");
        let (status, _) = self.end.1.wait_timeout_while(guard, deadline, |status| status.is_none()).expect("no holder panics");
        status.unwrap_or_else(|| panic!("anlan has not ended within {deadline:?}:\n{}", self.log()))
    }

    fn log(&self) -> String {
        tail(&self.log)
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.signal(libc::SIGKILL);
        let guard = self.end.0.lock().expect("no holder panics");
        // Ended or not, the test goes on.
        let _ = self.end.1.wait_timeout_while(guard, READY, |status| status.is_none());
        LOGS.lock().unwrap_or_else(std::sync::PoisonError::into_inner).retain(|log| *log != self.log);
    }
}

/// Logs of the running processes, and folders to remove: the shared platform lives until the test process ends.
static LOGS: LazyLock<Mutex<Vec<PathBuf>>> = LazyLock::new(Mutex::default);
static LEFT: LazyLock<Mutex<Vec<PathBuf>>> = LazyLock::new(Mutex::default);

fn tail(log: &Path) -> String {
    let text = fs::read_to_string(log).unwrap_or_default();
    let lines: Vec<&str> = text.lines().collect();
    // The demo's list of accounts is no news.
    let ready = lines.iter().rposition(|line| line.contains("ready at")).map_or(0, |at| at + 1);
    lines[ready.max(lines.len().saturating_sub(60))..].join("\n")
}

/// A failing test shows what the platforms said; and nothing is left behind when the process ends.
fn explain_failures() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let usual = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            usual(panic);
            for log in LOGS.lock().unwrap_or_else(std::sync::PoisonError::into_inner).iter() {
                eprintln!("anlan said ({}):\n{}", log.display(), tail(log));
            }
        }));
        extern "C" fn clean() {
            for folder in LEFT.lock().unwrap_or_else(std::sync::PoisonError::into_inner).iter() {
                let _ = fs::remove_dir_all(folder);
            }
        }
        // SAFETY: `clean` takes no arguments and does not unwind: its only calls are of the file system.
        unsafe { libc::atexit(clean) };
    });
}

/// An address of the loopback that nothing uses; below the range the kernel gives to clients.
fn free_address() -> SocketAddr {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let from = std::process::id() as u16;
    eventually("a free port", Duration::from_secs(10), || {
        let step = NEXT.fetch_add(1, Ordering::Relaxed);
        let port = 12_000 + from.wrapping_mul(67).wrapping_add(step) % 20_000;
        let address = SocketAddr::from(([127, 0, 0, 1], port));
        TcpListener::bind(address).ok().map(|_| address)
    })
}

/// The seeded district of this binary. One process seeds, the others wait for its lock.
fn demo_template() -> PathBuf {
    static TEMPLATE: OnceLock<PathBuf> = OnceLock::new();
    TEMPLATE
        .get_or_init(|| {
            let binary = binary();
            let stamp = fs::metadata(&binary).and_then(|meta| Ok((meta.len(), meta.modified()?))).expect("the binary can be looked at");
            let stamp = format!("{}-{}", stamp.0, stamp.1.duration_since(std::time::UNIX_EPOCH).map_or(0, |since| since.as_millis()));
            let test = std::env::current_exe().expect("the test knows its own path");
            // target/debug/deps/platform-… → target
            let target = test.ancestors().nth(3).expect("tests lie in the target folder");
            let place = target.join("tmp/districts");
            fs::create_dir_all(&place).expect("a folder for seeded districts");
            let lock = File::options().create(true).truncate(false).write(true).open(place.join("lock")).expect("a lock file");
            lock.lock().expect("the lock can be waited for");
            let template = place.join(&stamp);
            if !template.join("complete").exists() {
                let mut installation = Installation::empty();
                installation.start.serve = false;
                let from = now();
                let installation = installation.run_within(SEEDED).stop();
                let _ = fs::remove_dir_all(&template);
                copy(&installation.data(), &template.join("data")).expect("the district can be kept");
                fs::write(template.join("complete"), b"").expect("a mark");
                forget_others(&place, &stamp);
                eprintln!("seeded the demo district in {:.1} s", (now() - from).as_secs_f64());
            }
            template.join("data")
        })
        .clone()
}

/// Districts of binaries that are no more.
fn forget_others(place: &Path, stamp: &str) {
    for entry in fs::read_dir(place).into_iter().flatten().flatten() {
        if entry.path().is_dir() && entry.file_name() != *stamp {
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}

fn copy(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() { copy(&entry.path(), &target)? } else { fs::copy(entry.path(), &target).map(drop)? }
    }
    Ok(())
}

/// Runs `anlan` to its end: exit code, standard output, standard error.
#[track_caller]
pub fn anlan(arguments: &[&str], input: &str) -> (Option<i32>, String, String) {
    let mut child = Command::new(binary())
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("anlan can be started");
    child.stdin.take().expect("its input is ours").write_all(input.as_bytes()).expect("it reads its input");
    let out = child.wait_with_output().expect("anlan ends");
    assert!(out.status.signal().is_none(), "anlan was killed: {}", out.status);
    (out.status.code(), String::from_utf8_lossy(&out.stdout).into_owned(), String::from_utf8_lossy(&out.stderr).into_owned())
}
