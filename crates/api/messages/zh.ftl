# 服务器自己的话。与 en.ftl 逐条对应。
title-400 = 请求有误
title-401 = 未登录
title-403 = 无权操作
title-404 = 未找到
title-409 = 冲突
title-413 = 内容过大
title-422 = 填写有误
title-429 = 尝试过多
title-500 = 服务器故障
title-503 = 暂不可用
title-507 = 存储空间不足
title-stale-revision = 记录已被他人更新
title-own-work = 不能验收自己的工作
not-found = 没有这项内容，或您无权查看。
failure = 服务器出错，数据未改动。请稍后重试，并告知编号 { $id }。
too-many = 尝试过多，请在 { $seconds } 秒后再试。
no-space = 存储空间不足，未保存。请联系系统管理员。
invalid = 有多处填写需要修改。
stale-revision = 记录已被他人更新，请核对后再提交。
bad-credentials = 用户名或密码不正确。
login-needed = 请先登录。
cross-site = 请求来自其他网站，已拒绝。
unknown-parameter = 不认识的参数 { $name }。
bad-parameter = 参数 { $name } 的值不正确。
bad-json = 内容不是正确的 JSON：{ $why }。
bad-encoding = 内容不是 UTF-8 文本。
too-deep = 内容嵌套过深，最多 { $limit } 层。
wrong-media-type = 内容类型应为 { $wanted }。
too-large = 内容过大，最多 { $limit }。
too-many-entries = 条目过多，每次最多 { $limit } 条。
unknown-action = 该记录没有“{ $action }”操作。
unknown-view = 没有“{ $view }”视图。
idempotency-mismatch = 该幂等键已用于另一请求。
in-progress = 同一请求正在处理。
bad-topic = 不认识的订阅主题 { $name }。
enterprise-needed = 请指明所属企业。
region-needed = 请指明所属区域。
unknown-enterprise = 没有这家企业。
unknown-region = 没有这个区域。
bad-gateway-key = 网关或密钥不正确。
bad-id = 编号格式不正确。
exists-already = 已存在同名项。
not-demo = 仅演示环境可用。
starting = 正在启动。
required = 必填。
too-short = 至少 { $min } 个字。
too-long = 最多 { $max } 个字。
out-of-range = 应在 { $min } 与 { $max } 之间。
wrong-type = 值的类型不正确。
bad-form = { $form ->
    [phone] 应为有效的电话号码。
    [id_card] 应为有效的身份证号码。
    [uscc] 统一社会信用代码有误，请核对校验位。
    [email] 应为有效的电子邮箱。
    [url] 应为有效的网址。
    [enterprise_code] 应为 2 至 16 位大写字母和数字。
    [date] 应为有效日期，如 2026-11-23。
    [plate] 应为有效的车牌号码。
   *[other] 格式不正确。
}
bad-date = 应为有效日期，如 2026-11-23。
too-precise = 小数最多 { $places } 位。
unknown-code = 没有这个选项。
code-not-in-force = 该选项在判定日期不适用。
unknown-reference = 所选对象不存在或不可引用。
wrong-kind = 所选对象的类别不对。
too-many-values = 最多 { $max } 项。
too-few = 至少 { $min } 项。
not-visible = 当前条件下不适用此项。
fixed = 此项一经填写不可更改。
read-only = 此项不能直接修改。
append-only = 只能追加，不能改动已有行。
unknown-field = 没有这个字段。
needed = 办理此步须填写。
reason-needed = 请说明理由。
not-unique = 已有相同的值。
wrong-state = 当前状态不能办理此步。
not-allowed = 您的岗位不能办理此步。
own-work = 完成整改的人不能验收自己的工作。
no-open-task = 没有待办的相应事项。

# 各领域规则的话。
deadline-in-the-past = 期限不能早于今天（{ $today }）。
period-too-long = 一般隐患整改期限最迟到 { $latest }。
asked-too-late = 申请延期最迟应在 { $last_day } 提出。
not-later = 申请的日期应晚于现期限 { $rectify_by }。
removal-not-published = 挂牌督办的隐患须附解除公告方可销号。
not-yet-a-case = 整改期限未到，也未经复查，尚不能转立案。
limits-out-of-order = 限值应满足 LL < L < H < HH：此值应大于 { $below }。
point-or-quantity = 请选择一个监测点，或一种传感器类型，二者取一。
nothing-to-watch = 请至少填写一个限值或一种报警条件。
limits-or-state = 限值与报警状态值只能填一种。
conditions-still-hold = 预警条件尚未消除，不能关闭。
bad-point-id = 监测点编号应以企业代码 { $code } 加点号开头，由字母、数字和 . _ - 组成，最长 64 个字符。
bad-span = 量程下限应小于上限。
bad-post = 岗位“{ $post }”写法不对，应如 inspector@320411、enterprise_safety@enterprise:代码。
wrong-scope = 角色 { $role } 不能任职于这里。
roles-apart = 角色 { $role } 与 { $other } 不得由同一人担任。
wrong-method = 此地址不支持该方法。
unknown-state = 没有这个状态。
newer-version = 该记录由更新版本的平台写入（版本 { $version }，本机最高 { $known }）。
