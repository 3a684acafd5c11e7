// Texts of the page that makes a key for browsers.
export default {
  working: { zh: "正在生成密钥并登记校验值……", en: "Making the key and registering its verifiers …" },
  made: { zh: "密钥 {id} 已登记。请立即保存密钥文件。", en: "Key {id} is registered. Save its file now." },
  saved: { zh: "密钥文件已交给浏览器下载：{name}", en: "The key file went to your downloads: {name}" },
  "confirm-again": {
    zh: "需要再次验证您的身份，密钥未登记。请刷新此页，验证后再试。",
    en: "It has to be confirmed that it is you; nothing was registered. Reload this page, confirm, and try again.",
  },
  network: {
    zh: "平台没有应答，不清楚校验值是否已登记；刚才生成的密钥已丢弃。请在密钥列表中查看，如有没有文件的密钥请吊销，然后重试。",
    en: "The platform did not answer, so the verifiers may or may not be registered; the key was dropped. Look at the list of keys, revoke one that nobody has, and try again.",
  },
  failed: { zh: "密钥未登记。{detail}", en: "The key was not registered. {detail}" },
  "no-directory": {
    zh: "密钥目录暂时无法读取，因此此处无法列出独立密钥分持方。密钥文件的持有人可用 aif-share keys verifier 得到校验值。",
    en: "The key directory cannot be read now, so independent custodians are not listed. Whoever has the key file gets the verifiers with aif-share keys verifier.",
  },
  leaving: { zh: "密钥文件尚未保存。", en: "The key file is not saved yet." },
};
