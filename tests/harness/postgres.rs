//! A PostgreSQL server for one test, gone with it.

use std::io::Read;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};

/// When its pipe closes, however the test ended, the shell behind it stops the server and removes its folder.
pub struct Postgres {
    folder: PathBuf,
    pipe: Option<ChildStdin>,
    keeper: Child,
}

impl Postgres {
    /// `None`, and a loud line, where no server is installed.
    pub fn start() -> Option<Self> {
        let Some(bin) = newest_binaries() else {
            eprintln!("SKIPPED LOUDLY: no PostgreSQL under /usr/lib/postgresql; nothing was tested on it");
            return None;
        };
        let folder = tempfile::Builder::new().prefix("anlan-test-pg").tempdir().expect("a folder for the server").keep();
        // PostgreSQL refuses to run as root. The owner of one's own process folder is oneself.
        let root = Path::new("/proc/self").metadata().is_ok_and(|meta| meta.uid() == 0);
        let (chown, as_user) =
            if root { ("chown postgres .", "setpriv --reuid=postgres --regid=postgres --clear-groups") } else { (":", "") };
        let (dir, bin) = (folder.display(), bin.display());
        let script = format!(
            "set -e; cd {dir}; {chown}
             {as_user} {bin}/initdb -D {dir}/data -U postgres -A trust -E UTF8 --locale=C.UTF-8 --data-checksums --no-sync >{dir}/initdb.log 2>&1
             {as_user} {bin}/postgres -D {dir}/data -k {dir} -c listen_addresses= >{dir}/server.log 2>&1 </dev/null &
             server=$!
             for i in $(seq 300); do {bin}/pg_isready -q -h {dir} && break; sleep 0.1; done
             echo ready
             read _ || true
             kill -INT $server; wait $server || true
             rm -rf {dir}"
        );
        let mut keeper =
            Command::new("sh").args(["-c", &script]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("a shell can be started");
        let mut said = [0; 5];
        let ready = keeper.stdout.as_mut().expect("the pipe was asked for").read_exact(&mut said);
        assert!(ready.is_ok() && &said == b"ready", "the PostgreSQL server did not start; see {dir}");
        Some(Self { pipe: keeper.stdin.take(), folder, keeper })
    }

    pub fn url(&self) -> String {
        format!("postgres://postgres@localhost/postgres?host={}", self.folder.display())
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        self.pipe = None;
        // Whether it ended well is no concern of the test.
        let _ = self.keeper.wait();
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
