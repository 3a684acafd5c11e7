// What the platform answered that is no answer, in words. Other codes bring their own title and detail.
export default {
  stop: { zh: "。", en: ". " },
  "problem-network": {
    zh: "平台没有应答，可能网络中断。您填写的内容仍在此页；请重试，不会重复计费或重复提交。",
    en: "The platform did not answer; the network may be down. What you entered is still here. Try again: it is neither charged nor done twice.",
  },
  "problem-session-over": {
    zh: "登录已过期。您填写的内容仍在此页：请在新标签页重新登录，然后回到这里再次提交。",
    en: "Your session has ended. What you entered is still here: log in again in another tab, come back and send it again.",
  },
  "problem-unreadable": {
    zh: "平台的应答无法读取。请重试；如仍出现，请联系联盟运营人员。",
    en: "The platform's answer could not be read. Try again; if it stays so, ask the alliance.",
  },
  "problem-quota-exhausted": {
    zh: "今日剩余配额不足以完成此次请求，未作任何处理，也未计费。配额于北京时间 8:00（UTC 零点）重新起算；如需提高，请联系联盟。",
    en: "What is left of today's quota does not cover this. Nothing was done and nothing charged. It starts anew at 08:00 Beijing time (00:00 UTC); ask the alliance if you need more.",
  },
  "problem-lawful-use-unresolved": {
    zh: "现行合规用途矩阵未允许对此类标识以该用途查询。未作任何处理，也未计费。请改用其他用途，或向联盟咨询。",
    en: "The lawful-use matrix in force does not allow this purpose for this identifier type. Nothing was done and nothing charged. Take another purpose, or ask the alliance.",
  },
  "problem-permission-missing": {
    zh: "您的角色无此权限，请联系本机构管理员。",
    en: "Your role does not include this. Ask your administrator.",
  },
  "problem-scope-missing": {
    zh: "您的角色无此权限，请联系本机构管理员。",
    en: "Your role does not include this. Ask your administrator.",
  },
  "problem-epoch-retired": {
    zh: "标识密文所用的密钥周期已停用。请刷新页面后重试，页面会按新的密钥目录重新生成。",
    en: "The key epoch of the tokens is no longer in force. Reload the page and try again: it makes them anew.",
  },
  "problem-too-many-requests": {
    zh: "本机构短时间内请求过于频繁，请稍候数秒再试。不计费。",
    en: "Your institution has sent too many requests in a short time. Wait a few seconds and try again; nothing was charged.",
  },
  "problem-case-ref-invalid": {
    zh: "案件编号只能包含 1 至 64 个字母、数字及 . _ : / # - 字符。",
    en: "The case number takes 1 to 64 letters, digits and . _ : / # -",
  },
  "problem-basis-invalid": {
    zh: "依据是代码：1 至 64 个小写字母、数字和连字符，不得为自由文本。",
    en: "The basis is a code of 1 to 64 lower-case letters, digits and hyphens, not free text.",
  },
  "problem-raw-identifier": {
    zh: "有一项内容看起来是原始标识，平台未予接收。案件编号和依据中请勿填写号码或姓名。",
    en: "Something looks like a raw identifier and was refused. Put neither numbers of people nor names into the case number or basis.",
  },
};
