"""Who and what is suspected in made-up official sentences; 【…】 marks what names a person."""

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rongxin.primitives.recognisers import NUMBERS, Sign, Suspect, hide, suspects
from rongxin.primitives.resident_id import HIDDEN

MARK = re.compile("【(.*?)】")

PERSONS = """
经查，示例公司销售的三批次茶叶标签未标注生产日期，经办人【张某某】在场。
当事人法定代表人【林示例】未到场，委托代理人【陈建国】签字确认。
法定代表人：【欧阳示例】，注册资本50万元。
驾驶员【黄志强】驾驶【闽A12345】号货车超限运输。
驾驶人【刘示平】驾驶【闽D·88991】和【闽B7K21Q】号车辆。
股东【李明示】、【王小示】和【赵示】认缴出资合计100万元。
监事【周示华】及【吴示】未到会。
投诉人【张女士】称商家拒绝退款。
【陈先生】反映该店短斤缺两。
举报人【何某】提供了购物小票。
顾客【郑某某】在店内滑倒受伤。
死者【谢某甲】系该公司焊工。
焊工【江示海】未持证上岗作业。
患者【苏示】就诊时未见执业药师。
业主【高示明】投诉物业公司擅自停水。
2026年5月8日，【林志示】陈述其购买白茶5盒。
经询问，【叶示清】承认上述事实。
执法人员对【蔡示文】的询问笔录证明上述事实。
现场由【梁示】签字确认。
【方示兰】（女，汉族，1985年3月出生）系该店员工。
【罗示阳】，男，身份证号【990000199003070013】。
【阿卜杜拉·示例】称未收到货款。
投诉人【古丽娜尔·示例江】要求退款。
买家【陈**】的评价被删除。
签收人【欧阳**】。
店主【吴阿姨】拒绝提供进货票据。
联系人【曹示军】，联系电话【13900000000】。
来电号码【0591-83330000】，来电人要求保密。
联系电话：【83330000】。
款项转入银行卡【6222020200000000006】。
收款账户为【4000 0012 3456 7899】。
请将材料发送至【shili@example.com】。
加微信号【shili_2026】下单。
护照号【E12345678】。
其家住【福州市示例区示例路18号示例花园3幢2单元501室】。
该房屋位于【福州市示例区示例街道示例小区12号楼1203室】，由其出租。
租住【示例新村5座302室】，未申报。
住址：【福州市示例区示例村示例里15号】。
户籍地址为【示例省示例县示例镇示例村12号】。
业务员【林示丹】擅自涂改检验报告。
患者家属【肖示】与医生【许示】发生争执。
会计【余示敏】提供的账册不全。
安全员【潘示】未到岗。
公司股东会由【董示辉】主持。
经理【杨示】指使工人【马示】、【胡示强】拆除防护罩。
【邱示斌】驾车撞坏护栏。
【赖某】以个人名义承揽工程。
实际控制人【傅示伟】隐瞒关联交易。
【沈示】名下房产未办理登记。
被询问人【温示芳】，女，42岁。
教练员【施示】伪造学时。
导游【倪示】强迫购物。
本案由举报人【戴某某】提供线索。
房东【龚示】与租户【翁示】另行约定。
船长【阮示海】擅自改变作业方式。
2026年6月3日，本局执法人员在当事人仓库内发现过期饼干32盒，仓库管理员【郭示斌】当场承认疏于检查。
经调查，【蒋某】于2025年11月受雇于该公司，负责冷库操作。
事故造成1人死亡（【汪示国】，男，45岁，江西籍）、2人受伤。
当事人委托其员工【孟示娟】前来接受调查，提交了授权委托书和身份证复印件。
上述违法事实，有对店长【范示雅】、导购【贺示】的询问笔录，现场照片6张为证。
当事人系个体工商户，经营者【石示勇】，经营范围为餐饮服务。
【段示民】驾驶重型半挂牵引车（【闽C56789】挂）行驶至国道324线。
投诉人反映其子【夏某某】在该培训机构上课期间受伤。
未成年人【崔某】、【顾某】进入该网吧上网。
被执行人为福州示例建设工程有限公司，法定代表人【钟示】。
该院医师【黎示】未取得相应资质开展诊疗活动，护士【罗示芬】协助。
申请人【邓示】与该公司劳动争议一案，裁决支付工资12000元。
代收人【白示】签收送达回证。
网店店主【方某某】（微信号【fang_2026】）通过朋友圈发布广告。
房屋坐落于【示例区示例街道示例里12号601室】，产权人【龙示】未配合。
拖欠【牛示】等23名农民工工资共计356000元。
由【曾示】个人账户【6222020200000001004】收取货款。
请联系【136 0000 0000】领取。
【张示】、【李示】二人在明知未取得许可的情况下从事活动。
"""

NOBODY = """
当事人福州示例茶业有限公司于2026年3月销售超过保质期的食品。
举报人称当事人曾因同类行为被处罚。
当事人施工现场未设置安全警示标志。
法定代表人变更后未按期办理变更登记。
负责人签字栏空白，经营者应当建立进货查验记录制度。
当事人的行为违反了《中华人民共和国食品安全法》第三十四条第十项。
依据《中华人民共和国行政处罚法》第二十八条第一款，责令当事人改正。
没收违法所得1260元，罚款8000元，上缴国库。
经营场所位于福州市示例区示例路18号5层501室，面积120平方米。
经抽样检验，铁观音、大红袍、正山小种三款产品水分项目不合格。
该公司生产的示例牌黄豆酱油标签不符合规定。
高温作业场所未采取防暑降温措施。
马尾区、罗源县、连江县三地门店同时促销。
准予食品经营许可：热食类食品制售，冷食类食品制售。
建设单位为福州示例置业有限公司，施工单位为示例建设集团。
消费者投诉后，当事人未在规定期限内答复。
当事人安装的电梯未经检验合格即投入使用。
当事人许可证已过期，仍从事经营活动。
当事人金额计算有误，已更正。
许可证编号JY13501000000001，有效期至2031年5月7日。
营业执照统一社会信用代码91990000MA0000015Q。
批号20260308，条码6901234567892，规格500克乘24盒。
检验报告编号No：FJ2026031500123456。
示例区人民法院作出（2026）闽0102行初12号判决。
榕示市监罚〔2026〕118号
万科·示例广场项目部未办理施工许可。
在“海峡·示例”博览会上展出样品。
股东会、董事会、监事会均已形成决议。
业主委员会未履行职责，业主大会未召开。
驾驶员资格证过期，车辆未按期检验。
监护人责任险已投保。
经营者福州示例超市未明码标价。
执法人员现场检查时，当事人负责人在场。
管理人员未按规定进行安全教育培训。
工作人员未佩戴健康证明。
江西示例食品厂生产的米粉菌落总数超标。
当事人全部产品已召回，严重违法情节不成立。
责令停止施工，限期拆除违法建筑。
公司成立时间为2018年，注册资本1000万元。
客户资料管理混乱，文件缺失。
当事人连续三年未按期报送年度报告。
当事人平台内经营者未公示营业执照。
员工宿舍与车间未有效分隔。
从业人员安全生产教育和培训记录缺失。
某公司、某店与某单位均未配合。
企业联系电话未在网站公示。
对举报人信息依法保密。
当事人白酒产品酒精度不达标。
消防设施平面图与现场不一致。
示例路18号店面招牌未经审批。
准予普通护照换发业务外包。
工人未系安全带，现场未设监护人。
当事人在网页上宣传“国家级示范企业”，无法提供证明材料。
对福州示例物流有限公司处以警告，并处罚款人民币五千元整。
经检测，甲醛释放量超出GB 18580-2017规定的限值。
准予变更：法定代表人、注册资本、经营场所三项登记事项。
当事人与供应商签订的合同未约定质量保证条款。
该项目于2026年3月开工，施工许可证于同年5月取得。
现场负责人未能出示安全生产考核合格证书。
共查扣商品标有“HUAWEI”字样的充电器120个。
当事人应当自收到本决定书之日起十五日内缴纳罚款至示例银行。
依据《福建省生态环境保护条例》第七十二条，责令改正，处罚款二十万元。
董事长兼总经理职务未按规定备案。
餐厅后厨三防设施不全，从业人员健康证过期。
该批次白砂糖检验项目蔗糖分、还原糖分均符合要求。
查获无合法来源卷烟“七匹狼（白）”86条。
当事人主动消除违法行为危害后果，依法从轻处罚。
运输危险货物时驾驶员未随车携带安全卡。
公司成立以来未开展经营活动，税务登记为非正常户。
向示例湖排放污水，氨氮超标1.5倍。
施工单位未对工人进行安全技术交底。
经营者王牌家具城在显著位置公示营业执照。
"""


def told(text: str) -> tuple[str, list[tuple[int, int]]]:
    """The sentence without marks, and where they stood."""
    spans, plain, position = [], "", 0
    for match in MARK.finditer(text):
        plain += text[position : match.start()]
        spans.append((len(plain), len(plain) + len(match[1])))
        plain += match[1]
        position = match.end()
    return plain + text[position:], spans


PERSON_LINES = [line for line in PERSONS.splitlines() if line]
NOBODY_LINES = [line for line in NOBODY.splitlines() if line]


def covered(span: tuple[int, int], found: tuple[Suspect, ...]) -> bool:
    return any(each.start <= span[0] and span[1] <= each.end for each in found)


@pytest.mark.parametrize("line", NOBODY_LINES)
def test_nothing_is_marked_where_nobody_is_named(line: str) -> None:
    assert [line[each.start : each.end] for each in suspects(line)] == []


@pytest.mark.parametrize("line", PERSON_LINES)
def test_whoever_is_named_is_marked_whole(line: str) -> None:
    text, spans = told(line)
    found = suspects(text)

    assert [text[start:end] for start, end in spans if not covered((start, end), found)] == []


def test_on_the_made_up_sentences_little_is_marked_that_names_nobody(capsys: pytest.CaptureFixture[str]) -> None:
    marked = right = named = seen = 0
    for line in (*PERSON_LINES, *NOBODY_LINES):
        text, spans = told(line)
        found = suspects(text)
        marked += len(found)
        right += sum(any(start < each.end and each.start < end for start, end in spans) for each in found)
        named += len(spans)
        seen += sum(covered(span, found) for span in spans)
    with capsys.disabled():
        print(
            f"\nrecognisers: precision {right}/{marked} = {right / marked:.1%}, recall {seen}/{named} = {seen / named:.1%}"
        )
    assert right / marked >= 0.95
    assert seen / named >= 0.95


def test_a_suspect_says_what_gave_it_away() -> None:
    text = "委托代理人陈建国，电话13900000000"

    name, phone = suspects(text)

    assert (text[name.start : name.end], name.sign, name.clue) == ("陈建国", Sign.ROLE, "委托代理人")
    assert phone.sign == Sign.TELEPHONE
    assert phone.sign in NUMBERS
    assert name.sign not in NUMBERS


def test_full_width_is_read_like_half_width() -> None:
    text = "联系电话１３９００００００００，车牌闽Ａ１２３４５"
    assert [text[each.start : each.end] for each in suspects(text)] == ["１３９００００００００", "闽Ａ１２３４５"]


def test_what_is_hidden_is_replaced_once_where_spans_touch() -> None:
    assert hide("经办人张某某在场", [(3, 5), (5, 6)]) == f"经办人{HIDDEN}在场"
    assert hide("甲乙丙", []) == "甲乙丙"


def test_nothing_is_suspected_in_what_was_hidden() -> None:
    text, _ = told(PERSON_LINES[1])
    assert suspects(hide(text, [(each.start, each.end) for each in suspects(text)])) == ()


CHARACTERS = "张王林陈某的在·*０1２3号幢室路，。：、当事人法定代表人称签字闽A@.-（）\n 公司店"


@given(st.text(CHARACTERS, max_size=60) | st.text(max_size=30))
def test_suspects_stand_in_the_text_in_order_and_apart(text: str) -> None:
    position = 0
    for each in suspects(text):
        assert position <= each.start < each.end <= len(text)
        position = each.end


@given(st.text(CHARACTERS, max_size=40), st.data())
def test_hiding_leaves_the_rest_as_it_is(text: str, data: st.DataObject) -> None:
    starts = data.draw(st.lists(st.integers(0, len(text)), max_size=6).map(sorted))
    spans = [(a, b) for a, b in zip(starts[::2], starts[1::2], strict=False) if a < b]

    rest = hide(text, spans)

    kept = "".join(c for at, c in enumerate(text) if not any(a <= at < b for a, b in spans))
    assert rest.replace(HIDDEN, "") == kept


@pytest.mark.parametrize(
    "hostile",
    [
        "号" * 5000,
        "1" * 5000,
        "张" * 5000,
        "示例路1号" * 1000,
        "·张" * 2500,
        "、李示" * 1500,
        "小区1层" * 1200,
    ],
    ids=lambda text: text[:6],
)
def test_no_text_makes_the_reader_go_back_again_and_again(hostile: str) -> None:
    """Of the longest field, five thousand characters, the worst costs little more than the usual. A pattern that goes back
    over what it read costs hundreds of times as much; the bound is a ratio, so that no busy machine reaches it.
    """
    usual = "".join(told(line)[0] for line in (*PERSON_LINES, *NOBODY_LINES))
    usual = (usual * (5000 // len(usual) + 1))[:5000]

    assert cost(hostile) < 40 * cost(usual)


def cost(text: str) -> float:
    """Processor seconds for one reading, the least of three."""

    def once() -> float:
        began = time.process_time()
        suspects(text)
        return time.process_time() - began

    return min(once() for _ in range(3))
