"""Command words that were typed by ear: 匹准 is 批准, 暂挺 is 暂停. Pure; it only says which word may have been meant.

Most people type by pinyin and take the first character that is offered, so a typo sounds like the word. `BY_EAR` has
the characters of each syllable that a command word has. What sounds alike and is a word of its own (禁毒 and 进度)
stands in `OWN_WORDS` and is never taken for a command.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

BY_EAR = """
转传专砖撰赚篆钻纂攥啭馔缵颛躜 发罚筏伐乏阀法珐垡砝
已一壹医揖铱依伊衣颐夷遗移仪胰疑沂宜姨彝椅蚁倚乙矣以艺抑易邑屹亿役臆逸肄疫亦裔意毅忆义益溢诣议谊译异翼翌绎刈劓佚佾诒圯埸懿苡薏弈奕挹弋呓咦咿噫峄嶷猗饴怿怡悒漪迤驿缢殪轶贻欹旖熠眙钇镒镱痍瘗癔翊衤蜴舣羿翳酏黟
未威巍微危韦违桅围唯惟为潍维苇萎委伟伪尾纬蔚味畏胃喂魏位渭谓尉慰卫偎诿隈圩葳薇囗帏帷嵬猥猬闱沩洧涠逶娓玮韪軎炜煨痿艉鲔 率驴吕铝侣旅履屡缕虑氯律滤绿捋闾榈膂稆褛
完豌弯湾玩顽丸烷碗挽晚皖惋宛婉万腕剜芄菀纨绾琬脘畹蜿 成层蹭撑称城橙呈乘程惩澄诚承逞骋秤曾丞埕噌枨柽晟塍瞠铖裎蛏酲 到刀捣蹈倒岛祷导稻悼道盗刂叨忉氘焘纛 达打搭答瘩大耷哒嗒怛妲沓褡笪靼鞑
覆复佛夫敷肤孵扶拂辐幅氟符伏俘服浮涪福袱弗甫抚辅俯釜斧腑府腐赴副赋傅付阜父腹负富讣附妇缚咐匐凫阝郛芙苻茯莩菔拊呋幞怫滏艴孚驸绂绋桴赙祓砩黻黼罘稃馥蚨蜉蝠蝮麸趺跗鲋鳆 盖该改概钙溉丐陔垓戤赅
情清请青轻氢倾卿擎晴氰顷庆苘圊檠磬蜻罄箐謦鲭黥 况匡筐狂框矿眶旷诓诳邝圹夼哐纩贶 缺瘸却鹊榷确雀阕阙悫 口抠扣寇芤蔻叩眍筘 单耽担丹郸掸胆旦氮但惮淡诞弹蛋儋萏啖澹殚赕眈疸瘅聃箪
进巾筋斤金今津襟紧锦仅谨靳晋禁近烬浸尽劲卺荩堇噤馑廑妗缙瑾槿赆觐钅衿矜 度督毒犊独读堵睹赌杜镀肚渡妒芏嘟渎椟牍碡蠹笃髑黩 展暂咱攒赞瞻毡詹粘沾盏斩崭蘸栈占战站湛绽谵搌瓒昝旃簪糌趱錾 空恐孔控倥崆箜
白柏百摆佰败拜稗捭掰擘 点颠掂滇碘典靛垫电佃甸店惦奠淀殿阽坫巅玷钿癜癫簟踮 网汪王亡枉往旺望忘妄罔惘辋魍 格哥歌搁戈鸽胳疙割革葛阁隔铬个各咯鬲仡哿圪塥嗝纥搿膈硌镉袼虼舸骼 排拍牌徘湃派俳蒎哌
名明螟鸣铭命冥茗溟暝瞑酩 行夯杭航沆绗珩颃 榜绑帮邦梆膀棒磅蚌镑傍谤蒡浜 通桐酮瞳同铜彤童桶捅筒统痛佟僮仝茼嗵恸潼砼 报苞胞包褒薄雹保堡饱宝抱暴豹鲍爆勹葆孢煲鸨褓趵龅
待呆歹傣戴带殆代贷袋逮怠埭甙呔岱迨骀绐玳黛 审森砷申呻伸身深娠绅神沈婶甚肾慎渗什诜谂莘哂渖椹胂矧蜃 批辟坯砒霹披劈琵毗啤脾疲皮匹痞僻屁譬丕仳陴邳郫圮埤鼙芘擗噼庀淠媲纰枇甓睥罴铍癖疋蚍蜱貔
准谆尊遵撙樽肫窀鳟 驳剥玻菠播拨钵波博勃搏铂箔伯帛舶脖膊渤卜亳啵饽檗礴钹鹁簸跛踣 回恢灰挥辉徽蛔毁悔慧卉惠晦贿秽会烩汇讳诲绘诙茴荟蕙咴哕喙隳洄浍彗缋珲晖恚虺蟪麾 推颓腿蜕褪退煺
送松耸怂颂宋讼诵凇菘崧嵩忪悚淞竦 撤厕策侧册测车扯掣彻澈坼恻屮砗 销萧硝霄哮嚣消宵淆晓小孝校肖啸笑效哓崤潇逍骁绡枭枵筱箫魈 提梯剔踢锑题蹄啼体替嚏惕涕剃屉倜荑悌逖绨缇鹈裼醍
醒星腥猩惺兴刑型形邢幸杏性姓陉荇荥擤悻硎 豁活伙火获或惑霍货祸劐藿攉嚯夥砉钬锪镬耠蠖 免棉眠绵冕勉娩缅面沔渑湎宀腼眄 入茹蠕儒孺如辱乳汝褥蓐薷嚅洳溽濡缛铷襦颥 库枯哭窟苦酷裤刳堀喾绔骷
定丁盯叮钉顶鼎锭订仃啶玎腚碇铤疔耵酊 群裙逡 码妈麻玛蚂马骂嘛吗唛犸嬷杩蟆 停厅听烃汀廷亭庭挺艇莛葶婷梃町蜓霆
止芝枝支吱蜘知肢脂汁之织职直植殖执值侄址指趾只旨纸志挚掷至致置帜峙制智秩稚质炙痔滞治窒兹咨资姿滋淄孜紫籽滓子自渍字卮谘陟郅埴芷摭帙嵫夂忮彘咫姊孳骘缁栉枳栀桎梓轵轾辎贽赀胝膣祉祗恣黹眦锱雉秭鸷痣耔蛭笫粢絷趑酯跖踬踯豸觜觯訾龇鲻髭
继击圾基机畸稽积箕肌饥迹激讥鸡姬绩缉吉极棘辑籍集及急疾汲即嫉级挤几脊己蓟技冀季伎祭剂悸济寄寂计记既忌际妓纪藉丌亟乩剞佶偈诘墼芨芰荠蒺蕺掎叽咭哜唧岌嵴洎彐屐骥畿玑楫殛戟戢赍觊犄齑矶羁嵇稷瘠虮笈笄暨跻跽霁鲚鲫髻麂
续墟戌需虚嘘须徐许蓄酗叙旭序恤絮婿绪吁诩勖蓿洫溆顼栩煦盱胥糈醑 假嘉枷夹佳家加荚颊贾甲钾稼价架驾嫁茄郏葭岬浃迦珈戛胛恝铗镓痂瘕袷蛱笳袈跏
助珠株蛛朱猪诸诛逐竹烛煮拄瞩嘱主著柱蛀贮铸筑住注祝驻租足卒族祖诅阻组丶伫侏俎邾苎茱洙渚潴杼槠橥炷铢镞疰瘃竺箸舳翥躅麈
使匙师失狮施湿诗尸虱十石拾时食蚀实识史矢屎驶始式示士世柿事拭誓逝势是嗜噬适仕侍释饰氏市恃室视试斯撕嘶思私司丝死肆寺嗣四似饲巳厮兕谥厶埘莳蓍弑咝饣汜泗澌姒驷纟缌轼贳炻礻祀铈锶鸶耜蛳螫舐笥筮豉豕鲥鲺
用拥佣臃痈庸雍踊蛹咏泳涌永恿勇俑壅墉喁慵邕镛甬鳙饔 说硕朔烁蓑梭唆缩琐索锁所蒴搠唢嗦嗍妁娑桫槊睃铄羧 任壬仁人忍韧认刃妊纫亻仞荏葚饪轫稔衽
务巫呜钨乌污诬屋无芜梧吾吴毋武五捂午舞伍侮坞戊雾晤物勿悟误兀仵阢邬圬芴呒唔庑怃忤浯寤迕妩婺骛杌牾焐鹉鹜痦蜈鋈鼯 怎珍斟真甄砧臻贞针侦枕疹诊震振镇阵帧谮圳蓁浈缜桢榛轸赈胗朕祯畛稹鸩箴 么
收手首守寿授售受瘦兽搜艘擞嗽叟薮扌嗖嗾狩馊溲绶飕瞍锼螋艏 不捕哺补埠布步簿部怖卟逋瓿晡钚钸醭 没玫枚梅酶霉煤眉媒镁每美昧寐妹媚莓嵋猸浼湄楣镅鹛袂魅 看槛刊堪勘坎砍侃莰戡龛瞰 开揩楷凯慨剀垲蒈忾恺铠锎锴
出初橱厨躇锄雏滁除楚础储矗搐触处粗醋簇促畜亍刍蔟徂猝怵憷绌杵楮樗殂褚蜍酢蹙蹰蹴黜 去趋区蛆曲躯屈驱渠取娶龋趣诎劬蕖蘧岖衢阒璩觑氍朐祛磲鸲癯蛐蠼麴瞿黢
"""
"""A row for each syllable, without tone, z c s being zh ch sh; the characters of the command words stand first.

Every character of GB 2312 by its usual reading. Made once with pypinyin 0.55 and kept as a table: loading that
library takes 175 ms and reading a line with it 70 µs, where this takes 4.
"""

_WORDS = """
转发 转发率 完成率 到达率 覆盖率 覆盖 覆盖情况 缺口 缺口清单 进度 进展 空白点 空白网格 排名 排行榜 通报 待审 待批
批准 驳回 推送 撤回 撤销 提醒 豁免 入库 绑定 绑定群 绑定码 暂停 暂停发送 停止发送 恢复 恢复发送 继续发 继续发送 请假 销假
帮助 使用说明 任务 怎么用 收不到 没收到 看不到 打不开 转不出去
"""
"""What is read by ear. Not 收回, 下架, 催, 核准, 通过, 不算, 没转: too many words sound like them."""

_OWN_WORDS = """
砖发 赚发 撰发 钻发 攥发 转筏 转阀 服盖 甫盖 富盖 却口 禁毒 进肚 进毒 进都 进赌 劲度 紧度 襟度 尽度 进站 进占 进栈 进战 尽展 今展
拍名 派名 通宝 通包 同报 统报 桶报 童报 代批 贷批 贷审 待什 屁准 拨回 退送 腿送 推耸 车回 扯回 拆回 测回 策回 撤校 车销 扯销
踢醒 提幸 提腥 获免 货免 祸免 火免 入哭 绑顶 绑钉 帮订 帮顶 咱停 占停 斩停 攒停 战停 展停 暂听 回复 会复 惠复 汇复
继续罚 继续伐 急续发 即续发 请加 请家 请嫁 请夹 情假 轻假 亲假 销价 销家 校假 小假 笑假 晓假 孝假 肖假 效假
帮主 帮煮 试用说明 任我 任武 任吴 任无 人务 搜不到 手不到 受不到 守不到 首不到 没搜到 没受到 没守到 每收到 美收到 妹收到 搜捕到
砍不到 大不开 答不开 搭不开 达不开
"""
"""What sounds like a command word and is said for what it means. Both characters wrong (体型, 人物) is never a typo."""

_SHAPES = """
缺囗>缺口 缺□>缺口 恢夏>恢复 批淮>批准 豁兔>豁免 侍审>待审 暂仃>暂停 辙回>撤回 排行版>排行榜 排各>排名 提行>提醒 进长>进展
末转发>未转发 巳转>已转 一转发>已转发 依转发>已转发 已转友>已转发 已砖发>已转发
"""
"""Typos that look like the word. And of 已 only these: half of what sounds like it is a name (易, 姨)."""

WORDS = tuple(_WORDS.split())
OWN_WORDS = frozenset(_OWN_WORDS.split())
SHAPES = dict(pair.split(">") for pair in _SHAPES.split())

_CLASS = {ord(char): row[0] for row in BY_EAR.split() for char in row}
_HEARD = {word.translate(_CLASS): word for word in WORDS}
_SOUNDS = re.compile("(?=(" + "|".join(sorted(_HEARD, key=len, reverse=True)) + "))")
_LOOKS = re.compile(rf"(?<!安)(?:{'|'.join(SHAPES)})")
_SAID = re.compile("|".join(word for word in WORDS if len(word) < 4))
_NAMED = re.compile(r"《[^《》]*》|#\S+")


def meant(plain: str) -> Iterator[tuple[int, int, str]]:
    """Where a command word may have been meant, from and to, and which; it is as long as what stands there.

    Nothing when a command word stands elsewhere in it: who writes one right writes about something else.
    """
    heard = plain.translate(_CLASS)
    spans = [(found.start(1), _HEARD[found[1]]) for found in _SOUNDS.finditer(heard)]
    spans += [(found.start(), SHAPES[found[0]]) for found in _LOOKS.finditer(plain)]
    for start, word in spans:
        end = start + len(word)
        written = plain[start:end]
        if written not in SHAPES and not _is_typo(written, word):
            continue
        if _SAID.search(_NAMED.sub(" ", plain[:start] + " " + plain[end:])) is None:
            yield start, end, word


def _is_typo(written: str, word: str) -> bool:
    """At least one character is right, of two words in one (缺口清单) half of them."""
    right = sum(a == b for a, b in zip(written, word, strict=True))
    return len(word) // 4 < right < len(word) and written not in OWN_WORDS
