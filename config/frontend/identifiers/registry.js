// Every type by its code, in the order of the codes. A test compares the list with aif_share/identifiers/types.
import { IDENTIFIER as alipay } from "./types/alipay.js";
import { IDENTIFIER as androidId } from "./types/android-id.js";
import { IDENTIFIER as appCertSha256 } from "./types/app-cert-sha256.js";
import { IDENTIFIER as appPackage } from "./types/app-package.js";
import { IDENTIFIER as bankAccount } from "./types/bank-account.js";
import { IDENTIFIER as bankCard } from "./types/bank-card.js";
import { IDENTIFIER as certificateNo } from "./types/certificate-no.js";
import { IDENTIFIER as cnLandline } from "./types/cn-landline.js";
import { IDENTIFIER as cnMobile } from "./types/cn-mobile.js";
import { IDENTIFIER as contentUrl } from "./types/content-url.js";
import { IDENTIFIER as courierWaybillNo } from "./types/courier-waybill-no.js";
import { IDENTIFIER as domain } from "./types/domain.js";
import { IDENTIFIER as douyin } from "./types/douyin.js";
import { IDENTIFIER as email } from "./types/email.js";
import { IDENTIFIER as fileSha256 } from "./types/file-sha256.js";
import { IDENTIFIER as icpFilingNo } from "./types/icp-filing-no.js";
import { IDENTIFIER as idfa } from "./types/idfa.js";
import { IDENTIFIER as imGroup } from "./types/im-group.js";
import { IDENTIFIER as imei } from "./types/imei.js";
import { IDENTIFIER as ip } from "./types/ip.js";
import { IDENTIFIER as kuaishou } from "./types/kuaishou.js";
import { IDENTIFIER as miniProgramAppid } from "./types/mini-program-appid.js";
import { IDENTIFIER as oaid } from "./types/oaid.js";
import { IDENTIFIER as passport } from "./types/passport.js";
import { IDENTIFIER as phone } from "./types/phone.js";
import { IDENTIFIER as qq } from "./types/qq.js";
import { IDENTIFIER as residentId } from "./types/resident-id.js";
import { IDENTIFIER as serviceNumber } from "./types/service-number.js";
import { IDENTIFIER as smsPort } from "./types/sms-port.js";
import { IDENTIFIER as smsSignature } from "./types/sms-signature.js";
import { IDENTIFIER as url } from "./types/url.js";
import { IDENTIFIER as uscc } from "./types/uscc.js";
import { IDENTIFIER as wallet } from "./types/wallet.js";
import { IDENTIFIER as wechatChannels } from "./types/wechat-channels.js";
import { IDENTIFIER as wechatOfficialAccount } from "./types/wechat-official-account.js";
import { IDENTIFIER as wechat } from "./types/wechat.js";
import { IDENTIFIER as weibo } from "./types/weibo.js";
import { IDENTIFIER as xiaohongshu } from "./types/xiaohongshu.js";

export const TYPES = new Map(
  [
    alipay,
    androidId,
    appCertSha256,
    appPackage,
    bankAccount,
    bankCard,
    certificateNo,
    cnLandline,
    cnMobile,
    contentUrl,
    courierWaybillNo,
    domain,
    douyin,
    email,
    fileSha256,
    icpFilingNo,
    idfa,
    imGroup,
    imei,
    ip,
    kuaishou,
    miniProgramAppid,
    oaid,
    passport,
    phone,
    qq,
    residentId,
    serviceNumber,
    smsPort,
    smsSignature,
    url,
    uscc,
    wallet,
    wechat,
    wechatChannels,
    wechatOfficialAccount,
    weibo,
    xiaohongshu,
  ].map((type) => [type.code, type]),
);
