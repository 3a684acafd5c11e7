// Texts of tokens, the browser's key and the map. Every failure says what happened, that nothing was sent, what to do.
export default {
  "error-key-missing": {
    zh: "此浏览器尚未载入密钥。请先在上方载入管理员发给您的密钥文件。未发送任何内容。",
    en: "No key is loaded in this browser. Load the key file your member-admin gave you, above. Nothing was sent.",
  },
  "error-key-malformed": {
    zh: "这不是密钥文件：文件应只有一行，形如 aif_live_（8 个字符）_（43 个字符）。请检查文件是否完整。",
    en: "This is not a key file: it has one line, aif_live_ with 8 characters, _ and 43 characters. Check that it is complete.",
  },
  "error-key-refused": {
    zh: "密钥分持方 {custodian} 不接受此浏览器的密钥（{problem}）。密钥可能已过期、已吊销或权限不符；请向贵机构管理员索取新的密钥文件。未提交任何内容。",
    en: "The custodian {custodian} does not accept this browser's key ({problem}). It may be expired, revoked or of another scope; ask your member-admin for a new key file. Nothing was submitted.",
  },
  "error-directory-unsigned": {
    zh: "密钥目录的签名无效。未发送任何内容。请联系联盟秘书处。",
    en: "The signature of the key directory does not hold. Nothing was sent. Tell the alliance.",
  },
  "error-directory-malformed": {
    zh: "密钥目录的格式无法识别。未发送任何内容。请刷新页面；若仍如此，请联系联盟秘书处。",
    en: "The key directory is of a form this page does not read. Nothing was sent. Reload the page; if it stays, tell the alliance.",
  },
  "error-directory-missing": {
    zh: "联盟尚未发布密钥目录，暂时无法生成标识密文。",
    en: "The alliance has not published its key directory yet, so no tokens can be made.",
  },
  "error-pin-mismatch": {
    zh: "警告：密钥目录由另一个密钥签名，与此浏览器首次使用时固定的密钥不同。已停止，未发送任何内容。请通过其他途径（如电话）向联盟秘书处核对签名公钥。固定的公钥：{pinned}；现在收到的：{offered}。只有在核对无误后，才可用下方按钮移除固定的公钥。",
    en: "Warning: the key directory is signed by another key than the one this browser pinned at its first use. Everything stopped, nothing was sent. Ask the alliance for its signing key by another way, such as by phone. Pinned: {pinned}; offered now: {offered}. Only when the new one is confirmed, forget the pin below.",
  },
  "error-type-unknown": {
    zh: "密钥目录中没有类型“{type}”的有效密钥。未发送任何内容。请联系联盟秘书处。",
    en: "The directory has no valid key for the type {type}. Nothing was sent. Ask the alliance.",
  },
  "error-canary-mismatch": {
    zh: "类型“{type}”的校验值与密钥目录不符，此浏览器算出的标识密文不会正确。未提交任何内容。请刷新页面；若仍如此，请联系联盟秘书处。",
    en: "The canary of the type {type} gives another token than the directory says, so tokens made here would be wrong. Nothing was submitted. Reload the page; if it stays, tell the alliance.",
  },
  "error-custodian-down": {
    zh: "无法连接密钥分持方 {custodian}：它可能已停机，或网络不允许此浏览器访问它。未提交任何内容，您填写的内容仍在此处；请稍后重试。",
    en: "The custodian {custodian} cannot be reached: it is down, or the network keeps this browser from it. Nothing was submitted and your work is still here; try again later.",
  },
  "error-custodian-failed": {
    zh: "密钥分持方 {custodian} 出现故障（{status}）。未提交任何内容，您填写的内容仍在此处；请稍后重试。",
    en: "The custodian {custodian} failed ({status}). Nothing was submitted and your work is still here; try again later.",
  },
  "error-custodian-busy": {
    zh: "密钥分持方 {custodian} 目前请求过多。未提交任何内容；请稍后重试。",
    en: "The custodian {custodian} has too many requests now. Nothing was submitted; try again in a while.",
  },
  "error-custodian-refused": {
    zh: "密钥分持方 {custodian} 拒绝了请求（{status} {problem}）。未提交任何内容。请联系贵机构管理员。",
    en: "The custodian {custodian} refused the request ({status} {problem}). Nothing was submitted. Tell your member-admin.",
  },
  "error-proof-invalid": {
    zh: "密钥分持方 {custodian} 返回的证明不成立：结果并非由目录中的密钥计算。已全部丢弃，未提交任何内容。请通知联盟秘书处。",
    en: "The custodian {custodian} answered with a wrong proof: what it sent was not made by the key of the directory. All of it was dropped and nothing was submitted. Tell the alliance.",
  },
  "error-quota-exhausted": {
    zh: "贵机构今日在密钥分持方 {custodian} 的配额已用完。已算出的标识密文会保留，不会重复计费；请于北京时间 8:00（UTC 零点）后继续，或请管理员申请提高配额。",
    en: "Your institution's quota of today at the custodian {custodian} is used up. Tokens made so far are kept and not charged again; go on after midnight UTC, or have your member-admin ask for more.",
  },
  "error-institution-suspended": {
    zh: "贵机构已被暂停，密钥分持方 {custodian} 不再为其计算。未提交任何内容。",
    en: "Your institution is suspended, and the custodian {custodian} evaluates nothing for it. Nothing was submitted.",
  },
  "error-epoch-retired": {
    zh: "所用的密钥周期已停用。请刷新页面以取得新的密钥目录。未提交任何内容。",
    en: "The key epoch used is no longer in force. Reload the page to get the new directory. Nothing was submitted.",
  },
  "error-session-expired": {
    zh: "登录已过期。您填写的内容保存在此浏览器中；请重新登录后返回本页继续。",
    en: "Your session has expired. Your work is kept in this browser; log in again and come back to this page.",
  },
  "error-platform-down": {
    zh: "无法取得平台的密钥目录。未发送任何内容；请检查网络后重试。",
    en: "The platform's key directory cannot be fetched. Nothing was sent; check the network and try again.",
  },
  "error-aborted": { zh: "已停止。", en: "Stopped." },
  "error-browser-too-old": {
    zh: "此浏览器无法安全地生成标识密文：需要 HTTPS（或本机地址）以及较新的 Chrome、Edge、Firefox 或 Safari。",
    en: "This browser cannot make tokens safely: it takes HTTPS (or this machine's own address) and a recent Chrome, Edge, Firefox or Safari.",
  },
  "error-worker-failed": {
    zh: "生成标识密文的后台程序未能启动。请刷新页面；若仍如此，请联系贵机构管理员。",
    en: "The background script that makes tokens did not start. Reload the page; if it stays, tell your member-admin.",
  },
  "error-storage-full": {
    zh: "浏览器的存储空间已满，无法保存映射表。请先将映射表另存为文件并清理空间。",
    en: "The browser's storage is full, so the map cannot be kept. Save the map as a file and make room first.",
  },
  "error-internal": {
    zh: "此页面出现内部错误（{kind}）。未提交任何内容。请刷新页面后重试。",
    en: "This page failed ({kind}). Nothing was submitted. Reload the page and try again.",
  },
  "error-map-invalid": {
    zh: "这不是 aif-share 的映射文件。未做任何更改。",
    en: "This is not a map file of aif-share. Nothing was changed.",
  },
  "error-map-version": {
    zh: "此映射表由另一版本的 aif-share 生成（格式 {format}）。未做任何更改。",
    en: "This map was made by another version of aif-share (format {format}). Nothing was changed.",
  },
  "error-map-too-large": {
    zh: "此映射表超过 {megabytes} MB，浏览器无法打开；请改用命令行 aif-share。",
    en: "This map has more than {megabytes} MB, too much for a browser; use the command line, aif-share.",
  },
  "notice-pinned": {
    zh: "首次使用此密钥：已在此浏览器中固定联盟的签名公钥 {key}。今后若目录由其他密钥签名，将停止并提示。",
    en: "First use of this key: the alliance's signing key {key} is now pinned in this browser. A directory signed by another key will stop everything.",
  },
  "key-none": { zh: "未载入密钥", en: "No key loaded" },
  "key-loaded": { zh: "密钥已载入：{id}", en: "Key loaded: {id}" },
  "key-forgotten": { zh: "密钥已从此浏览器移除。", en: "The key was removed from this browser." },
  "pin-forgotten": {
    zh: "固定的公钥已移除；下次使用时将重新固定。",
    en: "The pin was removed; the next use pins anew.",
  },
  "quota-left": {
    zh: "{custodian}：今日剩余 {left} / {limit}",
    en: "{custodian}: {left} of {limit} left today",
  },
  "map-empty": { zh: "映射表为空", en: "The map is empty" },
  "map-values": { zh: "映射表中有 {n} 个原始值", en: "The map holds {n} raw values" },
  "map-opened": {
    zh: "已打开映射文件，新增 {n} 个原始值。",
    en: "The map file was opened; {n} raw values are new.",
  },
  "map-joined": {
    zh: "已读入映射文件，新增 {n} 个原始值。此浏览器保留自己的映射表密钥，因此文件中已算出的标识密文未被采用。",
    en: "The map file was read; {n} raw values are new. This browser keeps its own map secret, so the tokens already made in that file were not taken over.",
  },
  "map-saved": {
    zh: "映射表已另存为文件。文件含原始值，请像客户资料一样保管。",
    en: "The map was saved as a file. It holds raw values; keep it as you keep customer data.",
  },
  "raw-unknown": {
    zh: "此浏览器的映射表中没有此值",
    en: "not in this browser's map",
  },
};
