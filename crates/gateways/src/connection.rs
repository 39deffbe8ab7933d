//! One gateway's connection, from its CONNECT to the last acknowledgement.

use std::io;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use rumqttc::v5::mqttbytes::v5::DisconnectReasonCode as Reason;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::Notify;
use tokio::time::{Instant, sleep_until, timeout, timeout_at};

use crate::door::{Door, Pass, Refused, Submitted};
use crate::listener::{House, Identity, Limits};
use crate::pipeline::Pipeline;
use crate::topic;
use crate::wire::{self, Broken, Connect, Packet, Publish, Quality, Turned, Verdict, Version, Welcome};

const READ_AHEAD: usize = 16 << 10;

pub(crate) async fn serve<D: Door>(mut stream: TcpStream, house: &House<D>) {
    // Acknowledgements are small and a gateway waits for them.
    let _ = stream.set_nodelay(true);
    let mut buffer = BytesMut::with_capacity(READ_AHEAD);
    let deadline = Instant::now() + house.limits.connect_timeout;
    let mut closing = house.closing.clone();
    let greeted = tokio::select! {
        greeted = timeout_at(deadline, greet(&mut stream, &mut buffer, house)) => greeted,
        _ = closing.wait_for(|closing| *closing) => return,
    };
    let guest = match greeted {
        Ok(Ok(Some(guest))) => guest,
        Ok(Ok(None)) => return linger(stream).await,
        Ok(Err(_)) => return,
        Err(_) => return house.door.refused(None, Refused::NoConnect),
    };
    let identity: Identity = (guest.pass.gateway.clone(), guest.client_id.clone());
    let taken_over = house.enter(&identity);
    tracing::debug!(gateway = guest.pass.gateway, version = ?guest.version, "gateway connected");
    converse(stream, buffer, &guest, &taken_over, house).await;
    house.leave(&identity, &taken_over);
    tracing::debug!(gateway = guest.pass.gateway, "gateway gone");
}

/// A client that was let in.
struct Guest {
    pass: Pass,
    version: Version,
    client_id: String,
    /// Silence after which it counts as gone.
    patience: Duration,
}

/// Reads and answers CONNECT. `None`: turned away, with an answer where the protocol has one.
async fn greet<D: Door>(stream: &mut TcpStream, buffer: &mut BytesMut, house: &House<D>) -> io::Result<Option<Guest>> {
    let refuse = |why| house.door.refused(None, why);
    let frame = loop {
        match wire::take_frame(buffer, house.limits.connect_packet) {
            Ok(Some(frame)) => break frame,
            Ok(None) if stream.read_buf(buffer).await? == 0 => return Ok(None),
            Ok(None) => {}
            Err(broken) => {
                refuse(refusal(broken));
                return Ok(None);
            }
        }
    };
    let mut out = BytesMut::new();
    let answer = match wire::version_of(&frame) {
        Ok(Ok(version)) => match wire::decode(frame, version) {
            Ok(Packet::Connect(connect)) => admit(connect, house).await,
            _ => Err((version, None, Refused::BadPacket)),
        },
        Ok(Err(level)) => {
            let version = if level > 5 { Version::V5 } else { Version::V4 };
            Err((version, Some(Turned::Version), Refused::NotSupported))
        }
        Err(_) => Err((Version::V4, None, Refused::BadPacket)),
    };
    let guest = match answer {
        Ok((guest, welcome)) => {
            wire::welcome(&mut out, guest.version, welcome);
            Some(guest)
        }
        Err((version, turned, why)) => {
            refuse(why);
            if let Some(turned) = turned {
                wire::turn_away(&mut out, version, turned);
            }
            None
        }
    };
    stream.write_all(&out).await?;
    Ok(guest)
}

async fn admit<D: Door>(connect: Connect, house: &House<D>) -> Result<(Guest, Welcome), (Version, Option<Turned>, Refused)> {
    let version = connect.version;
    let turned = |why, counted| Err((version, Some(why), counted));
    if connect.auth_method {
        return turned(Turned::AuthMethod, Refused::NotSupported);
    }
    if version == Version::V4 && connect.client_id.is_empty() && !connect.clean {
        return turned(Turned::BadClientId, Refused::BadPacket);
    }
    match &connect.will {
        Some(will) if will.exactly_once => return turned(Turned::WillQuality, Refused::NotSupported),
        Some(will) if will.retain => return turned(Turned::WillRetain, Refused::NotSupported),
        _ => {}
    }
    let Some(pass) = house.door.admit(&connect.user, connect.key.as_bytes()).await else {
        return turned(Turned::BadLogin, Refused::WrongKey);
    };
    let Limits { idle_timeout, in_flight, packet, .. } = house.limits;
    let asked = Duration::from_secs(u64::from(connect.keep_alive_s)).mul_f32(1.5);
    let capped = asked.is_zero() || asked > idle_timeout;
    let assigned_id = connect.client_id.is_empty().then(|| house.fresh_id());
    let welcome = Welcome {
        receive_max: u16::try_from(in_flight).unwrap_or(u16::MAX),
        packet_max: u32::try_from(packet).unwrap_or(u32::MAX),
        keep_alive_s: capped.then(|| u16::try_from(idle_timeout.as_secs() * 2 / 3).unwrap_or(u16::MAX).max(1)),
        assigned_id: assigned_id.clone(),
    };
    let client_id = assigned_id.unwrap_or(connect.client_id);
    Ok((Guest { pass, version, client_id, patience: if capped { idle_timeout } else { asked } }, welcome))
}

fn refusal(broken: Broken) -> Refused {
    match broken {
        Broken::TooLarge => Refused::PacketTooLarge,
        Broken::Malformed => Refused::BadPacket,
    }
}

/// How a connection ends.
enum End {
    /// The client said so, or is gone.
    ByClient,
    /// The platform cannot store: what is not acknowledged comes again, so nothing more is acknowledged.
    Unavailable,
    ByUs(Reason, Option<Refused>),
}

/// What becomes of one message: its packet id if it wants an answer.
type Answer = (Option<u16>, Outcome);

enum Outcome {
    Answer(Verdict),
    Unavailable,
}

async fn converse<D: Door>(mut stream: TcpStream, mut buffer: BytesMut, guest: &Guest, taken_over: &Notify, house: &House<D>) {
    let limits = &house.limits;
    let (mut pipeline, mut out) = (Pipeline::<Answer>::new(), BytesMut::new());
    let mut closing = house.closing.clone();
    let mut heard = Instant::now();
    let end = 'talk: loop {
        while pipeline.len() < limits.in_flight {
            let frame = match wire::take_frame(&mut buffer, limits.packet) {
                Ok(Some(frame)) => frame,
                Ok(None) => break,
                Err(broken) => break 'talk broken_end(broken),
            };
            heard = Instant::now();
            if let Err(end) = receive(frame, guest, &*house.door, &mut pipeline, &mut out) {
                break 'talk end;
            }
        }
        if flush(&mut stream, &mut out, limits).await.is_err() {
            break End::ByClient;
        }
        let room = pipeline.len() < limits.in_flight;
        if room {
            buffer.reserve(READ_AHEAD);
        }
        tokio::select! {
            biased;
            answer = pipeline.next(), if !pipeline.is_empty() => {
                if !room {
                    // While there was no room nobody listened; the silence was ours.
                    heard = Instant::now();
                }
                if let Err(end) = acknowledge(answer, guest.version, &mut out) {
                    break end;
                }
            }
            _ = closing.wait_for(|closing| *closing) => break End::ByUs(Reason::ServerShuttingDown, None),
            () = taken_over.notified() => break End::ByUs(Reason::SessionTakenOver, None),
            read = stream.read_buf(&mut buffer), if room => match read {
                Ok(0) | Err(_) => break End::ByClient,
                Ok(_) => {}
            },
            () = sleep_until(heard + guest.patience), if room => break End::ByUs(Reason::KeepAliveTimeout, Some(Refused::Silent)),
        }
    };
    conclude(end, stream, pipeline, out, guest, house).await;
}

/// Takes one packet in. Messages join the pipeline; the rest is answered at once.
fn receive<'a, D: Door>(
    frame: BytesMut,
    guest: &'a Guest,
    door: &'a D,
    pipeline: &mut Pipeline<'a, Answer>,
    out: &mut BytesMut,
) -> Result<(), End> {
    match wire::decode(frame, guest.version).map_err(broken_end)? {
        Packet::Publish(publish) => message(publish, guest, door, pipeline)?,
        Packet::Subscribe { id, filters } => wire::suback(out, guest.version, id, filters),
        Packet::Unsubscribe { id, filters } => wire::unsuback(out, guest.version, id, filters),
        Packet::PingReq => wire::pong(out),
        Packet::Disconnect => return Err(End::ByClient),
        Packet::Connect(_) | Packet::Misplaced => return Err(End::ByUs(Reason::ProtocolError, Some(Refused::BadPacket))),
    }
    Ok(())
}

fn message<'a, D: Door>(publish: Publish, guest: &'a Guest, door: &'a D, pipeline: &mut Pipeline<'a, Answer>) -> Result<(), End> {
    let v5 = guest.version == Version::V5;
    let id = match publish.quality {
        Quality::Unanswered => None,
        Quality::Acknowledged(id) => Some(id),
        Quality::ExactlyOnce => return Err(End::ByUs(Reason::QoSNotSupported, Some(Refused::NotSupported))),
    };
    if publish.alias {
        return Err(End::ByUs(Reason::TopicAliasInvalid, Some(Refused::NotSupported)));
    }
    if publish.retain && v5 {
        return Err(End::ByUs(Reason::RetainNotSupported, Some(Refused::NotSupported)));
    }
    if let Err(why) = topic::check(&publish.topic, &guest.pass) {
        let (verdict, reason) = match why {
            Refused::ForeignTopic => (Verdict::NotAuthorized, Reason::NotAuthorized),
            _ => (Verdict::BadTopic, Reason::TopicNameInvalid),
        };
        if !v5 {
            // 3.1.1 cannot refuse one message; an acknowledgement would tell the gateway that its data are safe.
            return Err(End::ByUs(reason, Some(why)));
        }
        door.refused(Some(&guest.pass), why);
        pipeline.push_done((id, Outcome::Answer(verdict)));
        return Ok(());
    }
    let work = submit(door, &guest.pass, publish.payload);
    pipeline.push(async move { (id, work.await) });
    Ok(())
}

async fn submit<D: Door>(door: &D, pass: &Pass, payload: Bytes) -> Outcome {
    match door.submit(pass, payload).await {
        Submitted::Stored => Outcome::Answer(Verdict::Taken),
        Submitted::Malformed => {
            // Sent again it would be no better: acknowledged, so that a gateway's queue does not stop for ever.
            door.refused(Some(pass), Refused::BadPayload);
            Outcome::Answer(Verdict::BadPayload)
        }
        Submitted::Unavailable => Outcome::Unavailable,
    }
}

fn acknowledge((id, outcome): Answer, version: Version, out: &mut BytesMut) -> Result<(), End> {
    match (id, outcome) {
        (_, Outcome::Unavailable) => Err(End::Unavailable),
        (Some(id), Outcome::Answer(verdict)) => {
            wire::puback(out, version, id, verdict);
            Ok(())
        }
        (None, Outcome::Answer(_)) => Ok(()),
    }
}

fn broken_end(broken: Broken) -> End {
    let reason = match broken {
        Broken::TooLarge => Reason::PacketTooLarge,
        Broken::Malformed => Reason::MalformedPacket,
    };
    End::ByUs(reason, Some(refusal(broken)))
}

/// Lets finish what is under way, says why the connection ends where the protocol can, and closes.
async fn conclude<'a, D: Door>(
    end: End,
    mut stream: TcpStream,
    mut pipeline: Pipeline<'a, Answer>,
    mut out: BytesMut,
    guest: &'a Guest,
    house: &House<D>,
) {
    if let End::ByUs(reason, Some(why)) = &end {
        tracing::debug!(gateway = guest.pass.gateway, ?reason, why = why.code(), "closing on a gateway");
        house.door.refused(Some(&guest.pass), *why);
    }
    let mut stored = !matches!(end, End::Unavailable);
    // Also for a client that is gone: its last messages of quality 0 have nobody else to keep them.
    let drain = async {
        while stored && !pipeline.is_empty() {
            stored = acknowledge(pipeline.next().await, guest.version, &mut out).is_ok();
        }
    };
    let _ = timeout(house.limits.drain_timeout, drain).await;
    match end {
        End::ByClient => {}
        End::Unavailable => wire::disconnect(&mut out, guest.version, Reason::ServerBusy),
        End::ByUs(reason, _) => wire::disconnect(&mut out, guest.version, reason),
    }
    if flush(&mut stream, &mut out, &house.limits).await.is_ok() && !matches!(end, End::ByClient) {
        linger(stream).await;
    }
}

async fn flush(stream: &mut TcpStream, out: &mut BytesMut, limits: &Limits) -> io::Result<()> {
    if out.is_empty() {
        return Ok(());
    }
    timeout(limits.write_timeout, stream.write_all(out)).await.map_err(|_| io::ErrorKind::TimedOut)??;
    out.clear();
    Ok(())
}

/// Closes so that the last words arrive: a socket closed over unread input is reset, and the reset overtakes them.
async fn linger(mut stream: TcpStream) {
    let farewell = async {
        stream.shutdown().await?;
        let (mut scrap, mut left) = (vec![0_u8; READ_AHEAD], 4_usize << 20);
        while left > 0 {
            match stream.read(&mut scrap).await? {
                0 => break,
                n => left = left.saturating_sub(n),
            }
        }
        io::Result::Ok(())
    };
    let _ = timeout(Duration::from_secs(1), farewell).await;
}
