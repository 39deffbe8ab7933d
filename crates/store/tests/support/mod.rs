//! A PostgreSQL server of the tests' own: made once a test process, gone with it.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use sqlx::{Connection, Executor};

/// Held for the life of the process: when its pipe closes, however the process ended, the shell behind it stops the server.
pub struct PgServer {
    folder: PathBuf,
    _keeper: Child,
}

impl PgServer {
    /// `None`, and a loud line, where no server is installed.
    pub fn start() -> Option<&'static Self> {
        static SERVER: OnceLock<Option<PgServer>> = OnceLock::new();
        SERVER.get_or_init(Self::launch).as_ref()
    }

    fn launch() -> Option<Self> {
        let Some(binaries) = newest_binaries() else {
            eprintln!("SKIPPED: no PostgreSQL server binaries (looked under /usr/lib/postgresql)");
            return None;
        };
        let folder = tempfile::Builder::new().prefix("pg").tempdir_in("/tmp").expect("a folder for the server").keep();
        // PostgreSQL refuses to run as root.
        let as_user = if nix_root() { "setpriv --reuid=postgres --regid=postgres --clear-groups" } else { "" };
        let script = format!(
            "set -e; cd {folder}
             {chown}
             {as_user} {bin}/initdb -D {folder}/data -U postgres -A trust -E UTF8 --locale=C.UTF-8 --data-checksums --no-sync >{folder}/initdb.log 2>&1
             {as_user} {bin}/postgres -D {folder}/data -k {folder} -c listen_addresses= -c max_connections=300 >{folder}/server.log 2>&1 </dev/null &
             server=$!
             for i in $(seq 200); do {bin}/pg_isready -q -h {folder} && break; sleep 0.1; done
             echo ready
             read _ || true
             kill -INT $server; wait $server || true
             rm -rf {folder}",
            chown = if nix_root() { format!("chown postgres {}", folder.display()) } else { String::new() },
            folder = folder.display(),
            bin = binaries.display(),
        );
        let mut keeper =
            Command::new("sh").args(["-c", &script]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("a shell can be started");
        let mut said = [0_u8; 5];
        let ready = keeper.stdout.as_mut().expect("the pipe was asked for").read_exact(&mut said);
        assert!(ready.is_ok() && &said == b"ready", "the PostgreSQL server did not start; see {}", folder.display());
        Some(Self { folder, _keeper: keeper })
    }

    /// An empty database of its own, as an address.
    pub async fn database(&self) -> String {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let name = format!("t{}", COUNT.fetch_add(1, Ordering::Relaxed));
        let mut admin = sqlx::PgConnection::connect(&self.address("postgres")).await.expect("the server answers");
        // The template is used by one at a time: somebody else's CREATE DATABASE may be in the way for a moment.
        for _ in 0..50 {
            match admin.execute(sqlx::AssertSqlSafe(format!("CREATE DATABASE {name}"))).await {
                Ok(_) => return self.address(&name),
                Err(error) if error.to_string().contains("being accessed by other users") => {
                    tokio::time::sleep(std::time::Duration::from_millis(100)).await;
                }
                Err(error) => panic!("a database of its own: {error}"),
            }
        }
        panic!("the template database stays in use");
    }

    fn address(&self, database: &str) -> String {
        format!("postgres://postgres@localhost/{database}?host={}", self.folder.display())
    }
}

fn newest_binaries() -> Option<PathBuf> {
    let versions = std::fs::read_dir("/usr/lib/postgresql").ok()?;
    let found = versions.flatten().filter_map(|entry| {
        let version: u32 = entry.file_name().to_str()?.parse().ok()?;
        let folder = entry.path().join("bin");
        folder.join("postgres").exists().then_some((version, folder))
    });
    found.max_by_key(|(version, _)| *version).map(|(_, folder)| folder)
}

fn nix_root() -> bool {
    use std::os::unix::fs::MetadataExt;
    // The owner of one's own process folder is oneself.
    Path::new("/proc/self").metadata().is_ok_and(|meta| meta.uid() == 0)
}
