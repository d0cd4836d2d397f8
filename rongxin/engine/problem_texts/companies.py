"""What may be wrong with whose row it is."""

from rongxin.engine.problem_texts.shape import REFUSE, REVIEW, WARN, ProblemText

COMPANY = {
    "code_hidden": ProblemText(
        zh="代码中有用星号隐去的字符，不能据以认定主体",
        en="Characters of the code are hidden by asterisks, so it leads to nobody",
        do_zh="填写完整代码；没有完整代码的，由人工按名称认定",
        do_en="Fill in the whole code; without it a person decides by the name",
        severity=REVIEW,
    ),
    "sole_trader_refused": ProblemText(
        zh="本类信息只收录企业和其他组织，不收录个体工商户",
        en="This kind is about enterprises and other organisations, not about sole traders",
        do_zh="个体工商户的这类信息不报送；代码填错的，改正后重新报送",
        do_en="Do not send this about sole traders; if the code is wrong, correct it",
        severity=REFUSE,
    ),
    "code_unknown_to_register": ProblemText(
        zh="登记库中没有这个代码",
        en="The register does not know this code",
        do_zh="逐位核对代码；新登记的主体由人工核实",
        do_en="Compare the code character by character; a newly registered one is looked up by a person",
        severity=REVIEW,
    ),
    "sent_back_by_person": ProblemText(
        zh="经人工核对退回：{note}",
        en="Sent back by a person: {note}",
        do_zh="按说明核对、改正后重新报送",
        do_en="Look at it as told, correct it and send it again",
        severity=REFUSE,
    ),
    "judged_different": ProblemText(
        zh="此前已认定：以此名称和代码报送的不是登记的“{registered}”",
        en="It was decided before that a party filed so is not the registered “{registered}”",
        do_zh="核对决定书，填写正确的统一社会信用代码",
        do_en="Check the decision and give the right unified code",
        severity=REVIEW,
    ),
    "judged_same": ProblemText(
        zh="按本单位此前的认定，归到统一社会信用代码为 {judged_uscc} 的主体",
        en="Laid on the subject with the unified code {judged_uscc}, as this department decided before",
        do_zh="请尽快改用正确的代码；认定有误的，在“待核归属”中撤销",
        do_en="Use the right code from now on; if the decision was wrong, take it back in the review queue",
        severity=WARN,
    ),
    "judgement_ended": ProblemText(
        zh="此前按认定归到统一社会信用代码为 {judged_uscc} 的主体，该认定已撤销或改判",
        en="Laid on the subject with the unified code {judged_uscc} by a decision that has been taken back since",
        do_zh="重新认定，或填写正确的统一社会信用代码重报",
        do_en="Say anew whose it is, or send it again with the right unified code",
        severity=REVIEW,
    ),
    "name_disagrees": ProblemText(
        zh="代码与名称不符：登记名称是“{registered}”",
        en="Code and name disagree: the registered name is “{registered}”",
        do_zh="核对代码和名称，改正填错的一个",
        do_en="Check both and correct the wrong one",
        severity=REVIEW,
    ),
    "former_name_used": ProblemText(
        zh="这是曾用名，现名称是“{registered}”",
        en="This is a former name; the present one is “{registered}”",
        do_zh="可照决定书保留，不必修改",
        do_en="Nothing to do if the decision uses it",
        severity=WARN,
    ),
    "code_missing_name_known": ProblemText(
        zh="没有可用的代码，名称与登记库中的“{registered}”（{uscc}）一致",
        en="There is no usable code; the name is that of “{registered}” ({uscc}) in the register",
        do_zh="确认是同一主体后填写代码",
        do_en="Make sure it is the same one and fill in the code",
        severity=REVIEW,
    ),
    "name_ambiguous": ProblemText(
        zh="没有可用的代码，登记库中有 {bearers} 个主体叫这个名称",
        en="There is no usable code, and {bearers} subjects in the register bear this name",
        do_zh="填写统一社会信用代码",
        do_en="Fill in the unified code",
        severity=REVIEW,
    ),
    "subject_unknown": ProblemText(
        zh="没有可用的代码，名称也不在登记库中",
        en="There is no usable code, and the register does not know the name",
        do_zh="填写统一社会信用代码和登记的全称",
        do_en="Give the unified code and the full registered name",
        severity=REVIEW,
    ),
    "code_and_name_point_elsewhere": ProblemText(
        zh="代码属于“{registered}”，名称却是另一主体（{uscc}）的",
        en="The code belongs to “{registered}”, the name to another subject ({uscc})",
        do_zh="核对决定书，确认被处理的是哪一个主体",
        do_en="Check the decision: which of the two is it about?",
        severity=REVIEW,
    ),
}
