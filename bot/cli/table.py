"""All commands in one table: what the manual promises, what each does, and where it lives.

`chuanda help --json` prints it; a test holds it against docs/reference.md. An empty ``where`` is promised and not
built yet: such a command says so and ends with 2.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """One command. ``does`` is the help line (Chinese); ``where`` is ``module:attribute`` of its click command."""

    name: str
    does: str
    where: str = ""


COMMANDS = (
    Row("demo", "演练：一个模拟的镇，一天的宣传从早到晚", "bot.cli.demo:demo"),
    Row("chat", "不用账号，先跟它说说话：在编的镇里当书记、网格员", "bot.cli.chat:chat"),
    Row("run", "正式运行（按 schedules.yaml 里的渠道）", "bot.cli.run:run"),
    Row("check", "检查名册、内容和排期，说出接下来几天发什么", "bot.cli.check:check"),
    Row("roster", "名册：检查、导入、导出", "bot.cli.roster:roster"),
    Row("content", "宣传内容：列表、查看、送审、审批、撤回", "bot.cli.content:content"),
    Row("outbox", "现在要人工发、人工转的，以及勾掉做完的", "bot.cli.hands:outbox"),
    Row("paste", "把工作群的聊天粘进来，认出“已转发”和接龙", "bot.cli.hands:paste"),
    Row("pause", "暂停全部发送", "bot.cli.switches:pause"),
    Row("resume", "恢复发送", "bot.cli.switches:resume"),
    Row("coverage", "覆盖率", "bot.cli.answers:coverage"),
    Row("gaps", "缺口：该到而没到的", "bot.cli.answers:gaps"),
    Row("ledger", "台账：每个群每个批次的结果", "bot.cli.answers:ledger"),
    Row("audit", "核对：从台账重新算一遍，看数字对不对", "bot.cli.answers:audit"),
    Row("help", "命令一览", "bot.cli.main:help_command"),
    Row("match", "认一认：这些消息是不是资料库里的内容", "bot.cli.match:match"),
    Row("evidence", "核验一张转发截图"),
    Row("parse", "看聊天里的一句话会被读成什么", "bot.cli.parse:parse"),
    Row("probe", "试一试网关能做什么", "bot.cli.probe:probe"),
    Row("report", "日报、周报、月报、季报、专项报告"),
    Row("lookback", "回溯：某地案发前宣传到过没有"),
    Row("backup", "备份"),
    Row("restore", "恢复备份"),
    Row("doctor", "体检：要运行的是不是都在运行", "bot.cli.doctor:doctor"),
    Row("init", "第一次安装，一步步来"),
    Row("bind", "绑定群和账号", "bot.cli.bind:bind"),
    Row("handover", "换人交接：任务交给新的人，旧账号作废", "bot.cli.people:handover"),
    Row("forget", "按期限删除个人信息"),
    Row("gateway", "试用的网关，以及真网关怎么装", "bot.cli.gateway:gateway"),
    Row("federation", "县、镇之间的上传下达"),
)
