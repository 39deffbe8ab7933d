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
    .full = 需要超过 { $limit } { $unit }：{ $help }。
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
    .full = 缺少此项：{ $help }。
too-short = 至少 { $min } 个字。
too-long = 最多 { $max } 个字。
out-of-range = 应在 { $min } 与 { $max } 之间。
wrong-type = 值的类型不正确。
    .full = 应为{ $wanted }，现为 { $found }。
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
    .full = 没有“{ $found }”；可用：{ $allowed }。
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
    .full = 没有这个字段；可用：{ $allowed }。
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

# 计算。
busy = 计算任务已满，请稍后再试。
too-many-kept = 您已保存 { $limit } 次计算，不能再保存。
only-when-kept = 只有保存的计算才能关联对象；请加上 "store": true。
not-of-enterprise = 该单元不属于所填企业。

# 事故后果与方法：缺什么、怎样补。
unreadable = 场景无法读取：{ $why }。
unknown-cas = 物性表中没有 CAS 号 { $cas }；请核对编号，或选用表中物质。
    .full = “{ $cas }”不是 CAS 号；该物质请填 { $number }。
missing-property = { $substance_zh }的{ $property }未知；请补充物性，或改用不需要它的模型。
wind-below-range = 风速 { $wind_m_s } m/s 低于模型下限 { $least_m_s } m/s；停转的风速仪也是此读数：若确为静风，请填 { $least_m_s } m/s 以得静风范围圈，或采用实测风速。
above-critical-point = 温度 { $temperature_c } °C（{ $temperature_k } K）高于临界温度 { $critical_c } °C（{ $critical_k } K），不存在液体；请按气体泄漏描述。
negative-inventory = 存量 { $mass_kg } kg 为负；请检查液位计或储罐容积表。
out-of-domain = { $input } = { $value } 不可能；应为{ $wanted }。
no-solution = { $model }求不出解：{ $why }。
unknown-population = { $place } 的人数未知；请填写，无人则填 0。
wrong-phase = 在 { $temperature_c } °C（{ $temperature_k } K）、{ $pressure_pa } Pa 下，{ $substance_zh }不是{ $wanted }；{ $help }。
not-allowed-value = { $found } 不可用；应为 { $allowed }。
unknown-chemical = { $standard } 的表中没有“{ $found }”：{ $help }。
ambiguous = “{ $found }”对应多行：{ $candidates }；请填写所指那一行的全名。
contradiction = 自相矛盾：{ $found }。
edition-not-held = { $date } 施行的是 { $standard }，其表未收录：{ $help }。

# 模型的提示。
note-out-of-range = { $model }：{ $input }为 { $value }，超出模型的验证范围 { $low } 至 { $high }。
note-held = { $model }：{ $input }为 { $given }，按限值 { $used } 计算。
note-left-out = { $model }：未考虑{ $what }。
note-assumed = { $model }：假定{ $what }。
note-more = 提示过多，未能全部列出。

# 方法的名称。
method-accident = 事故等级
method-accident-fines = 事故罚款
method-accident-investigation = 事故调查权限与期限
method-accident-reports = 事故报告时限
method-accident-type = 事故类别
method-bow-tie = 蝴蝶结分析
method-colours = 四色风险分布
method-deadline = 法定期限
method-direct-loss = 直接经济损失
method-enterprise-size = 企业规模划型
method-event-tree = 事件树
method-exposure = 职业接触（GBZ 2）
method-fault-tree = 故障树
method-gas-alarm = 气体探测器报警设定值（GB/T 50493）
method-gb18218 = 危险化学品重大危险源辨识与分级（GB 18218）
method-hazop = 危险与可操作性分析（HAZOP）
method-indicators = 安全生产指标
method-key-supervision = 重点监管
method-late-fee = 逾期加处罚款
method-lec = 作业条件危险性分析（LEC）
method-lopa = 保护层分析（LOPA）
method-ls = 风险矩阵法（LS）
method-matrix = 风险矩阵
method-serious-risk = 重大风险判定
method-uscc = 统一社会信用代码校验
method-working-days = 工作日推算
