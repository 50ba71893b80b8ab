"""Templates of publicity as a township writes it. Placeholders are those of `tests.corpus.texts_slots`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tests.corpus.texts_scams import SCAMS


@dataclass(frozen=True, slots=True)
class Template:
    """``mains``: one letter per content: t text, l link, f file, v video, m mini-program, c channels.

    ``scams``: which frauds fit; all of them if empty.
    """

    key: str
    title: str
    body: str
    card: str
    """The description of a link to it."""
    mains: str
    scams: tuple[str, ...] = ()

    def names(self) -> tuple[str, ...]:
        """The frauds that fit."""
        return self.scams or tuple(scam.name for scam in SCAMS)


@dataclass(frozen=True, slots=True)
class Draft:
    """A filled template."""

    title: str
    text: str
    card: str


def fill(template: Template, slots: Mapping[str, str]) -> Draft:
    """``template`` with ``slots``; nothing blank at an end or between more than one blank line."""
    text = template.body.format_map(slots).strip()
    return Draft(
        template.title.format_map(slots)[:40], text.replace("\n\n\n", "\n\n"), template.card.format_map(slots)
    )


TEMPLATES: tuple[Template, ...] = (
    Template(
        "tip",
        "{hook}",
        "【反诈提醒】{hook}\n\n第一步，{early1}。\n第二步，{early2}。\n第三步，{early3}。\n\n记住：{tell1}。\n\n{adv1}。\n拿不准，打 96110 问一问。钱已经转走，马上打 110。\n\n{n_dot}{office} · 咨询劝阻 96110",
        "{tell1}",
        "ttttttttllvc",
    ),
    Template(
        "monday",
        "每周一防第{week}期：{name}",
        "{n_line}每周一防（第{week}期）：{name}\n各位村民朋友，本周请您防着这一招：\n① {other1}；\n② {other2}；\n③ {other3}。\n一句话记牢：{tell2}。\n{town}反诈工作专班　{day}\n全国反诈专线：96110",
        "本周请您防着：{tell2}",
        "tttttttlllvm",
    ),
    Template(
        "case",
        "以案说防：{village}的{name}案",
        "【以案说防】{day}，{case1}。\n案件发生在{village}，民警正在全力侦办。\n\n警方提示：{tell1}。{adv2}。\n遇到同样的事，请您当场挂断、当天告诉村里；家里老人不会看手机的，请儿女念给他们听。\n{station}　{office}{n_paren}\n报警 110　咨询 96110",
        "{village}一名群众被骗{sum}，请看经过",
        "ttttttttllff",
    ),
    Template(
        "figures",
        "{town}本周警情（{range}）",
        "{town}本周警情（{range}）\n本周全镇接报电信网络诈骗警情{c1}起，比上周{more}{c3}起，群众损失{sum}。其中{name}{c4}起，{name_b}{c5}起，{name_c}{c6}起。\n案发较多的是{village}、{village2}和{village3}。\n本周成功劝阻{c2}人，止付{sum2}。{village4}网格员上门及时，保住了一位老人的{sum3}。\n请各位村民重点防范{name}：{tell1}；{name_b}：{tell2_b}。\n{n_dot}{office}",
        "接警{c1}起，损失{sum}，多发的是{name}",
        "ttttttttttlll",
    ),
    Template(
        "school",
        "致家长：谨防{name}",
        "致全镇家长的一封信\n\n尊敬的家长朋友：\n近一段时间，{school}附近出现了{name}的苗头。{day2}，{case2}。\n为了孩子，也为了家里的血汗钱，请您做好三件事：\n一、和孩子一起读一遍这句话：{tell1}。\n二、{adv1}。\n三、支付密码自己管好，孩子要扫码、要验证码，让他先来问您。\n碰到可疑的人和事，请您及时告诉班主任，或者拨打反诈专线 96110。\n\n{school}　{office}\n{year}年{day}{n_tail}",
        "{school}请家长读三分钟：{tell1}",
        "tttttttlfm",
        (
            "刷单返利",
            "冒充客服退款",
            "虚假贷款",
            "游戏交易诈骗",
            "两卡买卖",
            "虚假购物",
            "裸聊敲诈",
            "换脸拟声诈骗",
            "虚假征信修复",
            "虚假中奖",
            "诱导打赏骗局",
            "冒充老师收费",
            "虚假快递理赔",
            "虚假高薪招工",
            "扫码送礼骗局",
        ),
    ),
    Template(
        "elders",
        "说给老人听：{hook}",
        "{n_line}叔叔阿姨、爷爷奶奶，听我们说几句：\n这阵子有人专找咱们上岁数的人下手，用的是{name}。\n他会对您说：“{say1}。”\n过两天又说：“{say2}。”\n您心里要有数：{tell2}。\n碰上了，别不好意思，{adv1}。\n身边没有儿女的，就找{village}的网格员，或者拨 96110，有人陪您商量。\n{office}、{town}老年协会",
        "请念给家里老人听：{tell2}",
        "ttttttttlvvc",
    ),
    Template(
        "holiday",
        "{holiday}防骗：{name}",
        "{holiday}到了，{office}给您提个醒！\n\n过节事多，骗子也忙。这几天请您特别留心{name}：{early1}；{early2}；{early3}。\n\n节日里记住三句话：\n1. {tell2}。\n2. {adv2}。\n3. 走亲访友多讲一句反诈，比送什么都实在。\n\n祝您和家人平平安安！值班电话 {phone}，全天有人接。\n{n_dot}{town}人民政府",
        "过节不忘防骗：{tell2}",
        "ttttttttlllm",
    ),
    Template(
        "call",
        "96110打来请接（{village}）",
        "96110 打来，请您接一下\n{n_line}{day}上午，{who}正要把{sum}转给陌生人，96110 连打三遍才接通，这笔钱保住了。骗子当时对他讲：“{say1}。”\n96110 是反诈劝阻专线。它打给您，说明您或者家里人可能正碰上{name}。\n接通以后请您听完，先停手，不转账。它不问密码，不要验证码，也不会叫您点链接。\n请存进手机通讯录，名字就写“反诈专线”。\n{office}宣",
        "一个电话保住{sum}",
        "ttttttttlvvc",
    ),
    Template(
        "slogan",
        "一句话反诈：{name}",
        "{hook}！{tell1}。\n{office}提醒您：拿不准，先打 96110。{n_paren}",
        "{tell1}",
        "ttttttttttttmc",
    ),
    Template(
        "answers",
        "反诈一问一答：{name}",
        "反诈一问一答（{month}月）\n\n问：{ask1}？\n答：先不要动。{tell2}。\n问：那我现在怎么做？\n答：{adv1}。还不放心，就到{village}村部找网格员问。\n问：他接下来会怎么说？\n答：多半是“{say2}”，听到这一句，您就可以挂了。\n\n{n_dot}{office}整理",
        "问：{ask1}？",
        "ttttttttllll",
    ),
    Template(
        "shops",
        "致商户：当心{name}",
        "致{street}各位商户：\n\n生意不好做，钱更要看好。{day}，{case1}。\n请老板们对店员讲清三点：\n（一）{tell1}；\n（二）{adv2}；\n（三）收银台旁边贴上反诈提示，顾客来问，请您帮着说一句。\n货款、定金有疑问，请马上给{station}打电话：{phone}。\n\n{town}商会　{office}\n{n_line}{day}",
        "{street}的老板们请看：{tell1}",
        "ttttttttfll",
    ),
    Template(
        "alert",
        "紧急预警：{name}",
        "{n_head}【紧急预警】{day}{hour}时起，我镇{village}、{village2}等地多人接到{channel}，内容是“{say1}”。\n这是{name}，请勿回复，请勿点击。{tell2}。\n已经照着做了的，{adv2}。\n{office}　96110",
        "{village}等地多人接到，请勿回复",
        "tttttttttttc",
    ),
    Template(
        "workers",
        "写给外出乡亲：{hook}",
        "在外打拼的{town}乡亲：\n\n您在{trade}挣的每一分都不容易。家乡反诈办盯着一件事，就是不让骗子拿走它。\n最近在外务工的人里，{name}发生得多：{other1}；{other2}；{other3}。\n请您做到：{adv1}；发工资那几天，陌生电话一概不谈钱。\n家里老人由我们来讲，您在外头把自己管好：{tell1}。\n有事打家乡的值班电话 {phone}，或者 96110。\n\n{office}　{year}年{day}{n_paren}",
        "在外务工的乡亲请看：{tell1}",
        "tttttttttlfv",
    ),
    Template(
        "fields",
        "田头反诈：{name}",
        "【田头反诈课】{crop}正忙的时候，骗子也下地了。\n{day2}，{case2}。\n歇晌时大家念叨念叨：\n一看，{other1}，这是开头；\n二听，“{say1}”，这是诱饵；\n三想，{tell1}。\n{adv1}。谁家碰上了，喊一声网格员。\n{n_dot}{town}农业服务中心　{office}",
        "歇晌时看一眼：{tell1}",
        "tttttttttvvf",
    ),
    Template(
        "students",
        "给大学生的提醒：{name}",
        "{n_line}回到家乡的同学们：\n你们会用手机，骗子就专门研究你们怎么用手机。今年以来，我镇有{c3}名在校学生遇到{name}。\n套路并不新：{early1}，{early2}，{early3}。\n三个动作送给你们：\n★ 关：关掉屏幕共享和免密支付；\n★ 问：{adv2}；\n★ 讲：{tell2}，这句话请讲给爷爷奶奶听。\n想当反诈志愿者，找{village}团支部报名，送{gift}一份。\n共青团{town}委员会　{office}",
        "你会用手机，骗子会研究你：{tell2}",
        "tttttttttlmv",
    ),
    Template(
        "month",
        "{month}月反诈小结：{name}居首",
        "{town}{year}年{month}月反诈小结\n\n本月全镇发案{c1}起，涉案{sum}，破案{c3}起，返还群众{sum2}。按发案多少排列：\n第一位 {name}（{c4}起）。特征：{early1}。\n第二位 {name_b}（{c5}起）。特征：{early1_b}。\n第三位 {name_c}（{c6}起）。特征：{early1_c}。\n零发案的村有{village}、{village2}；{village3}连续两个月发案，请该村加把劲。\n下个月，请各位把这句话说给身边的人：{tell1}。\n{n_dot}{office}　{day}",
        "发案{c1}起，{name}占第一",
        "ttttttttllll",
    ),
    Template(
        "afterwards",
        "碰上{name}以后做什么",
        "碰上{name}，钱转出去了怎么办\n\n不要怕丢人，不要等天亮，抓紧做四件事：\n1. 打 110 报案，说清转账时间、金额、对方账号。\n2. 打银行客服电话，请求紧急止付。\n3. 聊天、通话、转账记录一条也别删，截图保存。\n4. {adv2}。\n骗子还会回来说：“{say2}。”那是要骗您第二遍。\n{day2}，{case2}，因为报警只用了{c5}分钟，追回了{sum3}。\n{office}{n_paren}　96110",
        "报警快{c5}分钟，追回{sum3}",
        "ttttttttllfm",
    ),
    Template(
        "event",
        "{day}反诈宣传到{village}",
        "反诈宣传到{village}来啦！\n时间：{day}{hour}时\n地点：{village}{spot}\n内容：现场讲{name}，演一段小品《{hook}》，还有反诈知识抢答，答对送{gift}。\n先送您一句：{tell2}。\n请带上家里的老人一起来；{village2}、{village3}的乡亲也欢迎。\n联系电话：{phone}\n{n_dot}{office}",
        "{day}{hour}时，{village}{spot}见",
        "ttttttttttl",
    ),
    Template(
        "speaker",
        "大喇叭广播稿：{name}",
        "（大喇叭广播稿，早晚各播两遍）\n各位父老乡亲，大家好！现在广播反诈消息。\n今天跟大家讲的是{name}。骗子是这么干的：{other1}。接着，{other2}。末了，{other3}。\n乡亲们听明白没有？{tell1}！\n再说一遍，{tell1}！\n请左邻右舍互相提醒。{adv1}。反诈电话，九六一一零，九六一一零。\n广播完了，谢谢大家。\n{n_dot}{office}供稿",
        "早晚各播两遍：{tell1}",
        "tttttttttfvc",
    ),
    Template(
        "sayings",
        "听见这三句就挂：{name}",
        "听见这三句就挂断（{name}）\n\n“{say1}。”\n“{say2}。”\n“{say3}。”\n\n这三句话，都是从{village}、{village2}的真实案件里抄下来的。说的人不一样，要的都是您的钱。\n{tell2}。{n_tail}\n{town}反诈宣传队　咨询 96110",
        "都是案件里抄下来的原话",
        "ttttttttccll",
    ),
    Template(
        "doors",
        "入户宣传要点：{name}",
        "{n_head}网格员入户宣传要点（{day}这一轮）\n\n见面先讲一件身边事：{case1}。\n再讲三个动作：他来加好友，不通过；他说“{say3}”，不回话；他要验证码，不给。\n然后请户主自己说一遍：{tell1}。\n最后看一看：老人手机里有没有不认识的软件，96110 存了没有，{adv2}。\n要讲得慢，讲家乡话，一户不少于三分钟。\n{office}",
        "入户三分钟，讲一件身边事",
        "tttttttttfff",
    ),
    Template(
        "letter",
        "致全镇居民的公开信：{hook}",
        "致{town}全体居民的公开信\n\n亲爱的居民朋友：\n今年以来，{town}党委、政府把守住群众的钱袋子当作一件大事，派出所、学校、银行网点和各村网格员一起上门入户，已经走访{people}户。尽管这样，{name}仍然在我们身边发生。\n{day2}，{case1}。\n这类骗局大致分三步。先是{early1}；然后{early2}；最后{early3}。\n说到底就是一条：{tell1}。\n为此，我们请求您：\n第一，{adv1}。\n第二，{adv2}。\n第三，听到“{say1}”“{say2}”这样的话，请立刻停下来，告诉身边的人。\n第四，每天花一分钟，把群里的反诈提示念给家里不识字的老人听。\n96110 打来请接听；钱已经转出，请马上拨打 110，派出所值班电话 {phone} 二十四小时有人。\n平安不是一家的事，拜托大家了！\n\n{town}人民政府　{station}\n{year}年{day}{n_tail}",
        "{town}请您读完这封信：{tell1}",
        "ttttttttlffv",
    ),
    Template(
        "compare",
        "真假对照：{name}",
        "真假一对照，骗局现原形\n【假的】“{say1}。”\n【真的】{tell1}。\n【假的】“{say3}。”\n【真的】{tell2}。\n看完请您点开家人的聊天框，把它发过去：这是{name}，{village}上个月就有人碰到，差一点转走{sum}。\n{n_dot}{office}　有疑问打 96110",
        "两句假话，两句真话",
        "tttttttttlmc",
    ),
    Template(
        "quiz",
        "反诈小测验第{week}期：{name}",
        "反诈小测验（第{week}期）\n题目：有人对您说“{say2}”，您应该：\nA. 照他说的办　B. 先问问家里人　C. 直接挂断，打 96110\n正确答案是 C。为什么？{other1}，{other2}，接下来就是{other3}。\n请记住：{tell1}。\n答对的人请再考一考您的邻居，{village}已有{people}人参加。\n{office}{n_paren}",
        "您选A、B还是C",
        "ttttttllllmm",
    ),
    Template(
        "bank",
        "银行网点提示：{name}",
        "【银行网点联合提示】\n来办业务的乡亲请注意，近{c3}天，{town}各网点劝住了{c4}位要汇款的客户，涉及{sum}，碰到的都是{name}。\n柜员问您“认不认识对方、为什么汇款”，不是多管闲事，是怕您遇到这样的人：{early2}，{early3}。\n大额转账请您等一等，给家里打个电话；{adv1}。\n{tell2}。\n农商银行{town}支行　{office}{n_tail}",
        "柜员多问一句，是怕您上当",
        "ttttttttllff",
    ),
    Template(
        "rescue",
        "劝阻纪实：{village}{sum}保住了",
        "一场拉锯战，保住{sum}\n{day}{hour}时许，{station}接到预警：{who}疑似正遭遇{name}。民警连打四个电话都占线，{village}网格员骑上电动车赶到他家。\n当时，他的手机正开着免提，里面的人催：“{say2}。”\n网格员一把按下挂断键，陪他坐了{c2}分钟，把来龙去脉讲了一遍：{early1}，{early2}，下一步就该{early3}了。\n老人擦着汗说，再晚一会儿钱就没了。\n{n_dot}{office}提醒：{tell1}。",
        "{village}网格员跑赢了骗子",
        "ttttttttllcv",
    ),
    Template(
        "three",
        "三停一问：防{name}",
        "“三停一问”防{name}\n看不懂的链接停一停，听不明的电话停一停，催得紧的转账停一停，说不清的事情问一问。\n落到{name}上，就是：{tell1}；{adv2}。\n{town}第{week}周反诈宣传，请{village}、{village2}、{village3}重点转发到居民群。\n{n_dot}{office}",
        "落到{name}上就是一句话",
        "ttttttttttmm",
    ),
)
