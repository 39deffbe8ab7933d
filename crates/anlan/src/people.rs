//! `anlan user` and `anlan gateway`: what an administrator does from the command line, on a stopped installation.

use std::io::Read;
use std::sync::Arc;

use anlan_app::people::NewUser;
use anyhow::{Context, bail};
use clap::Subcommand;

use crate::cli::Place;
use crate::clock::WallClock;
use crate::platform::Platform;

#[derive(Subcommand)]
pub enum UserCommand {
    /// Adds a user with their posts.
    #[command(after_help = "Example: printf secret-words | anlan user add wang --post bureau_admin@320411 --password-stdin --data DIR")]
    Add {
        /// What they log in with.
        name: String,
        /// ROLE@REGION[/SECTOR], ROLE@enterprise:CODE, ROLE@park:ID or ROLE@platform; several times for several posts.
        #[arg(long, required = true, value_name = "POST")]
        post: Vec<String>,
        /// The name people read; the log-in name if absent.
        #[arg(long)]
        display: Option<String>,
        /// Reads the password from standard input.
        #[arg(long, required = true)]
        password_stdin: bool,
        #[command(flatten)]
        place: Place,
    },
}

#[derive(Subcommand)]
pub enum GatewayCommand {
    /// Adds a gateway and prints its key, this once.
    #[command(after_help = "Example: anlan gateway add park-gw-1 --enterprise CW01 --data DIR")]
    Add {
        name: String,
        /// The short code of the enterprise it speaks for.
        #[arg(long, value_name = "CODE")]
        enterprise: String,
        #[command(flatten)]
        place: Place,
    },
}

async fn open(place: Place) -> anyhow::Result<Platform> {
    let (place, _) = place.resolve()?;
    let platform = Platform::open(&place, Arc::new(WallClock), None).await?;
    platform.ensure_regions().await?;
    Ok(platform)
}

pub async fn user(command: UserCommand) -> anyhow::Result<()> {
    let UserCommand::Add { name, post, display, password_stdin: _, place } = command;
    let mut password = String::new();
    std::io::stdin().read_to_string(&mut password).context("could not read the password from standard input")?;
    let platform = open(place).await?;
    let mut posts = Vec::new();
    for text in &post {
        posts.push(
            platform
                .app
                .parse_post(text)
                .await
                .with_context(|| format!("`{text}` is no post: ROLE@REGION[/SECTOR] or ROLE@enterprise:CODE"))?,
        );
    }
    let password = password.trim_end_matches(['\r', '\n']).to_owned();
    let new = NewUser { name: display.unwrap_or_else(|| name.clone()), username: name.clone(), title: None, password, demo: false };
    let id = platform.app.add_user(new, &posts).await.with_context(|| format!("could not add {name}"))?;
    println!("{name} {id}");
    platform.close().await;
    Ok(())
}

pub async fn gateway(command: GatewayCommand) -> anyhow::Result<()> {
    let GatewayCommand::Add { name, enterprise, place } = command;
    let platform = open(place).await?;
    let Some(id) = platform.app.enterprise_of_code(&enterprise).await? else { bail!("there is no enterprise with the code {enterprise}") };
    let key = platform.app.new_key();
    platform.app.put_gateway(&name, &id, &key).await.with_context(|| format!("could not add {name}"))?;
    println!("{key}");
    platform.close().await;
    Ok(())
}
