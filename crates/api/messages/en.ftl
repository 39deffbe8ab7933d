# The server's own words. Line by line the same as zh.ftl.
title-400 = Bad request
title-401 = Not logged in
title-403 = Not allowed
title-404 = Not found
title-409 = Conflict
title-413 = Too large
title-422 = Please correct the form
title-429 = Too many attempts
title-500 = Server failure
title-503 = Not available now
title-507 = No space left
title-stale-revision = Somebody else has updated the record
title-own-work = You cannot accept your own work
not-found = There is no such thing, or it is not for you to see.
failure = The server failed; nothing was changed. Try again later and quote { $id }.
too-many = Too many attempts. Try again in { $seconds } seconds.
no-space = There is no space left; nothing was saved. Please tell the system administrator.
invalid = Several entries need correcting.
stale-revision = Somebody else has updated the record. Compare, then submit again.
bad-credentials = The user name or the password is wrong.
login-needed = Please log in first.
cross-site = The request came from another site and was refused.
unknown-parameter = Unknown parameter { $name }.
bad-parameter = The value of parameter { $name } is not valid.
bad-json = The content is not valid JSON: { $why }.
bad-encoding = The content is not UTF-8 text.
too-deep = The content is nested too deeply; at most { $limit } levels.
wrong-media-type = The content type should be { $wanted }.
too-large = The content is too large; at most { $limit }.
    .full = Needs more than { $limit } { $unit }: { $help }.
too-many-entries = Too many entries; at most { $limit } at a time.
unknown-action = This record has no action “{ $action }”.
unknown-view = There is no view “{ $view }”.
idempotency-mismatch = This idempotency key was used for another request.
in-progress = The same request is still being handled.
bad-topic = Unknown topic { $name }.
enterprise-needed = Say which enterprise it belongs to.
region-needed = Say which region it belongs to.
unknown-enterprise = There is no such enterprise.
unknown-region = There is no such region.
bad-gateway-key = The gateway or its key is wrong.
bad-id = The id is not well formed.
exists-already = There is one with this name already.
not-demo = Only available in the demo.
starting = Starting up.
required = Required.
    .full = Missing: { $help }.
too-short = At least { $min } characters.
too-long = At most { $max } characters.
out-of-range = Must be between { $min } and { $max }.
wrong-type = The value has the wrong type.
    .full = Should be { $wanted }, not { $found }.
bad-form = { $form ->
    [phone] Must be a valid phone number.
    [id_card] Must be a valid identity number.
    [uscc] The unified social credit code is wrong; compare its check character.
    [email] Must be a valid e-mail address.
    [url] Must be a valid web address.
    [enterprise_code] Two to sixteen capital letters and digits.
    [date] Must be a valid date such as 2026-11-23.
    [plate] Must be a valid number plate.
   *[other] The format is not valid.
}
bad-date = Must be a valid date such as 2026-11-23.
too-precise = At most { $places } decimal places.
unknown-code = There is no such option.
    .full = “{ $found }” is not known; known: { $allowed }.
code-not-in-force = This option was not in force on the day that counts.
unknown-reference = The chosen object does not exist or cannot be referred to.
wrong-kind = The chosen object is of the wrong kind.
too-many-values = At most { $max }.
too-few = At least { $min }.
not-visible = Does not apply under the present conditions.
fixed = Cannot be changed once set.
read-only = Cannot be changed directly.
append-only = Rows can only be added, not changed.
unknown-field = There is no such field.
    .full = There is no such field; known: { $allowed }.
needed = This step needs it.
reason-needed = Please give the reason.
not-unique = There is one with this value already.
wrong-state = This step cannot be taken in the present state.
not-allowed = Your post cannot take this step.
own-work = Whoever did the work may not accept it.
no-open-task = There is no such work waiting.

# The words of the domains' rules.
deadline-in-the-past = The deadline cannot lie before today ({ $today }).
period-too-long = A general danger is rectified by { $latest } at the latest.
asked-too-late = An extension had to be asked for by { $last_day }.
not-later = The day asked for must be later than the present deadline, { $rectify_by }.
removal-not-published = A listed danger needs the public notice of removal before it is closed.
not-yet-a-case = The deadline has not passed and no review took place: it is no case yet.
limits-out-of-order = Limits stand in the order LL < L < H < HH: this one must be above { $below }.
point-or-quantity = Choose one point or one sensor type, not both.
nothing-to-watch = Give at least one limit or one condition.
limits-or-state = Give limits or an alarm state, not both.
conditions-still-hold = The conditions of the warning still hold; it cannot be closed.
bad-point-id = A point's id begins with the enterprise's code { $code } and a dot, and has letters, digits and . _ - only, 64 characters at most.
bad-span = The lower end of the span must be below its upper end.
bad-post = “{ $post }” is no post; write inspector@320411 or enterprise_safety@enterprise:CODE.
wrong-scope = The role { $role } cannot be held here.
roles-apart = The roles { $role } and { $other } never meet in one person.
wrong-method = This address does not take that method.
unknown-state = There is no such state.
newer-version = The record was written by a newer version of the platform (version { $version }, known up to { $known }).

# Computations.
busy = Too many computations are waiting. Try again in a moment.
too-many-kept = You have kept { $limit } runs, and no more are kept.
only-when-kept = Only a kept run can be about something: add "store": true.
not-of-enterprise = The unit does not belong to that enterprise.

# Consequences and methods: what is missing, and what would help.
unreadable = The scenario cannot be read: { $why }.
unknown-cas = No substance with CAS number { $cas } is in the table of properties; check the number, or choose one that is.
    .full = “{ $cas }” is no CAS number; write { $number } for this substance.
missing-property = The { $property } of { $substance } is not known; give it, or choose a model that needs none.
wind-below-range = The wind, { $wind_m_s } m/s, lies below the model’s { $least_m_s } m/s; an anemometer that stands still reads the same: if the air is calm, give { $least_m_s } m/s for the calm-weather circle, or a measured wind.
above-critical-point = { $temperature_c } °C ({ $temperature_k } K) lies above the critical temperature { $critical_c } °C ({ $critical_k } K): there is no liquid; describe the release as one of gas.
negative-inventory = The inventory, { $mass_kg } kg, is negative; check the gauge or the tank’s table.
out-of-domain = { $input } = { $value } is not possible; it must be { $wanted }.
no-solution = { $model } found no solution: { $why }.
unknown-population = How many people are at { $place } is not known; give them, zero if nobody is there.
wrong-phase = At { $temperature_c } °C ({ $temperature_k } K) and { $pressure_pa } Pa { $substance } is not { $wanted }; { $help }.
not-allowed-value = { $found } is not allowed; allowed: { $allowed }.
unknown-chemical = “{ $found }” stands in no table of { $standard }: { $help }.
ambiguous = “{ $found }” fits several rows: { $candidates }; give the full name of the one that is meant.
contradiction = A contradiction: { $found }.
edition-not-held = On { $date } { $standard } was in force, and its tables are not held: { $help }.

# The notes of models.
note-out-of-range = { $model }: { $input } is { $value }, outside the range { $low } to { $high } in which the model was tested.
note-held = { $model }: { $input } is { $given }; the result is that of the limit { $used }.
note-left-out = { $model }: left out: { $what }.
note-assumed = { $model }: assumed: { $what }.
note-more = There are more notes than one result holds.

# Names of the methods.
method-accident = Grade of an accident
method-accident-fines = Fine for an accident
method-accident-investigation = Who investigates an accident, and until when
method-accident-reports = When an accident is to be reported
method-accident-type = Type of an accident
method-bow-tie = Bow-tie analysis
method-colours = Four-colour risk map
method-deadline = Legal deadlines
method-direct-loss = Direct economic loss
method-enterprise-size = Size of an enterprise
method-event-tree = Event tree
method-exposure = Occupational exposure (GBZ 2)
method-fault-tree = Fault tree
method-gas-alarm = Set points of gas detectors (GB/T 50493)
method-gb18218 = Major hazard sources (GB 18218)
method-hazop = Hazard and operability study (HAZOP)
method-indicators = Work-safety indicators
method-key-supervision = Key supervision
method-late-fee = Additional fine for late payment
method-lec = LEC risk assessment
method-lopa = Layers of protection (LOPA)
method-ls = LS risk assessment
method-matrix = Risk matrix
method-serious-risk = Serious risks
method-uscc = Unified social credit code
method-working-days = Working days
