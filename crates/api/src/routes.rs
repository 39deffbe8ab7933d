//! Every route there is, in the order of the documentation.

use axum::routing::{delete, get, patch, post, put};

use crate::records::LIST_PARAMETERS;
use crate::route::{Route, Who};
use crate::{alarms, attachments, kinds, live, openapi, ops, pages, records, science, session, signals};

pub fn routes() -> Vec<Route> {
    let r = Route::new;
    vec![
        r("get", "/livez", "livez", "Whether the process lives.", get(ops::alive)).who(Who::Anyone),
        r("get", "/readyz", "readyz", "Whether it can take work, with each check.", get(ops::ready))
            .who(Who::Anyone)
            .answers(200, "Readiness"),
        r("get", "/metrics", "metrics", "Figures for Prometheus.", get(ops::metrics)).who(Who::Anyone),
        r("get", "/openapi.json", "openapi", "This description.", get(openapi::document)).who(Who::Anyone),
        r("get", "/ping", "ping", "For line-protocol clients.", get(signals::ping)).who(Who::Anyone).any_query().status(204),
        // Session
        r("post", "/api/v1/session", "log_in", "Logs in; the token also comes as a cookie.", post(session::log_in))
            .who(Who::Anyone)
            .takes("LogIn")
            .answers(200, "Session"),
        r("delete", "/api/v1/session", "log_out", "Ends the session everywhere.", delete(session::log_out)).status(204),
        r("get", "/api/v1/me", "me", "Who I am, my posts, menus and open work.", get(session::me)).answers(200, "Me"),
        r("get", "/api/v1/me/preferences/{key}", "preference", "A stored preference, or null.", get(session::preference)),
        r("put", "/api/v1/me/preferences/{key}", "set_preference", "Stores a preference.", put(session::set_preference)).status(204),
        r(
            "get",
            "/api/v1/demo/accounts",
            "demo_accounts",
            "The demo's accounts; elsewhere there is no such page.",
            get(session::demo_accounts),
        )
        .who(Who::Anyone),
        // Kinds and records
        r("get", "/api/v1/kinds", "kinds", "The kinds I may see, with counts of open work.", get(kinds::list)).answers(200, "KindPage"),
        r("get", "/api/v1/kinds/{kind}", "kind", "The full description of a kind.", get(kinds::one)).answers(200, "Kind"),
        r("get", "/api/v1/records/{kind}", "records", "A page of records.", get(records::list))
            .list_query(LIST_PARAMETERS)
            .answers(200, "RecordPage"),
        r("post", "/api/v1/records/{kind}", "create_record", "Creates a record.", post(records::create))
            .takes("CreateRecord")
            .answers(201, "Record"),
        r("get", "/api/v1/records/{kind}/{id}", "record", "A record with what I may do with it.", get(records::read))
            .answers(200, "Record"),
        r("patch", "/api/v1/records/{kind}/{id}", "edit_record", "Changes fields.", patch(records::edit))
            .takes("ChangeRecord")
            .answers(200, "Record"),
        r("post", "/api/v1/records/{kind}/{id}/actions/{action}", "act_on_record", "Takes a step of its loop.", post(records::act))
            .takes("ChangeRecord")
            .answers(200, "Record"),
        r("get", "/api/v1/records/{kind}/{id}/history", "record_history", "Who did what, when and why.", get(records::history))
            .answers(200, "HistoryPage"),
        r("get", "/api/v1/features/{kind}", "features", "Records with a place, as GeoJSON.", get(records::features))
            .list_query(LIST_PARAMETERS)
            .answers(200, "FeatureCollection"),
        r("get", "/api/v1/tasks", "tasks", "Open work across all kinds.", get(records::tasks))
            .query(&["mine", "overdue", "kind", "page", "size"])
            .answers(200, "TaskPage"),
        r("post", "/api/v1/attachments", "attach", "Takes in a file.", post(attachments::upload)).answers(201, "Attachment"),
        r("get", "/attachments/{id}", "attachment", "A file, or its small picture.", get(attachments::download)).query(&["size"]),
        r("get", "/api/v1/enterprises/{id}/overview", "enterprise_overview", "Everything of one enterprise.", get(pages::enterprise)),
        r("get", "/api/v1/regions", "regions", "The administrative tree.", get(pages::regions)),
        r("get", "/api/v1/organisations", "organisations", "Organisations to choose from.", get(pages::organisations)).query(&["q"]),
        r("get", "/api/v1/users", "users", "People to choose from.", get(pages::users)).query(&["q", "enterprise", "ids", "page", "size"]),
        // Safety science
        r("get", "/api/v1/methods", "methods", "The methods of safety science that answer by name.", get(science::methods))
            .answers(200, "MethodPage"),
        r(
            "post",
            "/api/v1/methods/{method}",
            "run_method",
            "Computes by a method, every step shown; it keeps nothing.",
            post(science::run_method),
        )
        .takes("MethodInput")
        .answers(200, "MethodAnswer"),
        r("get", "/api/v1/consequence/runs", "consequence_runs", "Kept runs I may see.", get(science::runs))
            .query(&["enterprise", "hazard_unit", "page", "size"])
            .answers(200, "ConsequenceRunPage"),
        r(
            "post",
            "/api/v1/consequence/runs",
            "run_scenario",
            "Computes an accident from its description to its zones; with `store` it is kept (201).",
            post(science::run_scenario),
        )
        .takes("NewConsequenceRun")
        .answers(200, "ConsequenceRun")
        .also(201),
        r("get", "/api/v1/consequence/runs/{id}", "consequence_run", "A kept run, whole.", get(science::run))
            .answers(200, "ConsequenceRun"),
        r(
            "post",
            "/api/v1/consequence/runs/{id}/repeat",
            "repeat_consequence_run",
            "Computes a kept run again and compares, bit for bit.",
            post(science::repeat),
        )
        .answers(200, "Repetition"),
        // Telemetry
        r("get", "/api/v1/gateways", "gateways", "Gateways with their state.", get(signals::gateways)).query(&[
            "enterprise",
            "page",
            "size",
        ]),
        r("post", "/api/v1/gateways", "add_gateway", "Adds a gateway; its key is shown once.", post(signals::add_gateway))
            .takes("NewGateway")
            .answers(201, "GatewayKey"),
        r("get", "/api/v1/gateways/{id}", "gateway", "State, lag and counts of a gateway.", get(signals::gateway)).answers(200, "Gateway"),
        r("get", "/api/v1/points", "points", "Measuring points.", get(signals::points))
            .query(&["enterprise", "quantity", "hazard_unit", "q", "page", "size"])
            .answers(200, "PointPage"),
        r("post", "/api/v1/points", "add_point", "Adds a measuring point.", post(signals::add_point)).takes("Point").answers(201, "Point"),
        r("get", "/api/v1/points/latest", "latest", "The latest reading of points.", get(signals::latest)).query(&[
            "enterprise",
            "hazard_unit",
            "ids",
        ]),
        r("get", "/api/v1/samples", "samples", "Readings of a point over [from, to).", get(signals::samples))
            .query(&["point", "from", "to", "every", "agg"])
            .answers(200, "Samples"),
        r("post", "/api/v1/samples", "write_samples", "Takes readings; answered after fsync.", post(signals::write_samples))
            .who(Who::Sender)
            .takes("SampleList")
            .answers(200, "Receipt"),
        r("post", "/write", "write_lines", "InfluxDB 1.x line protocol; answered after fsync.", post(signals::write_lines))
            .who(Who::Sender)
            .any_query()
            .status(204),
        // Alarms, live stream, pages
        r("get", "/api/v1/alarms", "alarms", "Alarms.", get(alarms::list))
            .query(&["state", "enterprise", "point", "priority", "hazard_unit", "from", "to", "page", "size"])
            .answers(200, "AlarmPage"),
        r("get", "/api/v1/alarms/{id}", "alarm", "An alarm with its events.", get(alarms::one)).answers(200, "Alarm"),
        r("post", "/api/v1/alarms/{id}/ack", "acknowledge_alarm", "Acknowledges an alarm.", post(alarms::acknowledge))
            .takes("Acknowledge")
            .answers(200, "Alarm"),
        r("get", "/api/v1/live", "live", "Server-sent events of what I may read.", get(live::stream)).query(&["topics", "points"]),
        r("get", "/api/v1/duty/overview", "duty_overview", "The figures of the duty screen.", get(pages::duty)),
        r("get", "/api/v1/demo/scenario", "demo_scenario", "The demo's running scenario.", get(pages::scenario)),
        r("post", "/api/v1/demo/scenario", "start_demo_scenario", "Starts a scripted scenario.", post(pages::start_scenario)),
        r("delete", "/api/v1/demo/scenario", "stop_demo_scenario", "Stops it.", delete(pages::stop_scenario)).status(204),
    ]
}
