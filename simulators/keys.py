"""Keys of both sides, made once, and the merchant's configuration written for the platform. 密钥与配置

`DIR/own` holds what the gateways keep to themselves; `DIR/gateways` is what the platform is given.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import rsa as asymmetric

from simulators import rsa
from simulators.store import Store

APP_ID = "wxd678efh567hg6787"
MERCHANT = "1900000109"
ALIPAY_APP = "2014072300007148"
ALIPAY_SELLER = "2088102146225135"
PUBLIC_KEY_ID = "PUB_KEY_ID_"


@dataclass(frozen=True)
class Pair:
    """A key under the name by which notices cite it. 密钥对"""

    serial: str
    key: asymmetric.RSAPrivateKey
    shown: str
    """file of its public half, below the configuration's directory"""
    told: bool
    """whether the platform's configuration names it"""


class Keyring:
    """Every key of both channels, oldest first. 密钥环"""

    def __init__(self, home: Path, store: Store) -> None:
        self.own, self.gateways, self._store = home / "own", home / "gateways", store
        self._pairs: dict[str, list[Pair]] = {}
        for directory in (home, self.own, self.gateways):
            directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.wechat_merchant = self._merchant("wechat/merchant_key.pem")
        self.alipay_merchant = self._merchant("alipay/app_key.pem")
        self.stranger = self._own("stranger.pem")
        """signs what is forged"""
        if not store.setting("wechat merchant"):
            serial, _ = rsa.certificate(self.wechat_merchant, "merchant")
            store.remember("wechat merchant", {"serial": serial, "secret": secrets.token_hex(16)})
        if not store.setting("wechat keys"):
            self.rotate("wechat")
        if not store.setting("alipay keys"):
            self.rotate("alipay")

    def _made(self, path: Path) -> asymmetric.RSAPrivateKey:
        if not path.exists():
            rsa.write(path, rsa.private_pem(rsa.new_key()))
        return rsa.load(path)

    def _own(self, name: str) -> asymmetric.RSAPrivateKey:
        return self._made(self.own / name)

    def _merchant(self, name: str) -> asymmetric.RSAPrivateKey:
        return self._made(self.gateways / name)

    def rotate(self, channel: str, public_key: bool = False, told: bool = True) -> str:
        """Make a further key; from now on it signs notices. Gives its serial. 轮换"""
        held = self._store.setting(f"{channel} keys", [])
        number = len(held) + 1
        key = self._own(f"{channel}_{number}.pem")
        if channel == "alipay":
            serial, shown, content = str(number), f"alipay/alipay_public_{number}.pem", rsa.public_pem(key.public_key())
        elif public_key:
            serial = PUBLIC_KEY_ID + "".join(secrets.choice("0123456789") for _ in range(29))
            shown, content = f"wechat/platform_{number}.pem", rsa.public_pem(key.public_key())
        else:
            serial, content = rsa.certificate(key, "Tenpay.com sign, simulated")
            shown = f"wechat/platform_{number}.pem"
        if told:
            rsa.write(self.gateways / shown, content)
        held.append({"serial": serial, "file": f"{channel}_{number}.pem", "shown": shown, "told": told})
        self._store.remember(f"{channel} keys", held)
        self._pairs.pop(channel, None)
        return serial

    def pairs(self, channel: str) -> list[Pair]:
        """The channel's keys, oldest first."""
        if channel not in self._pairs:
            self._pairs[channel] = [
                Pair(row["serial"], self._own(row["file"]), row["shown"], row["told"])
                for row in self._store.setting(f"{channel} keys", [])
            ]
        return self._pairs[channel]

    def newest(self, channel: str, serial: str = "") -> Pair:
        """The key that signs now, or the one of a serial where the other side asked for that."""
        pairs = self.pairs(channel)
        return next((pair for pair in pairs if serial and pair.serial == serial), pairs[-1])

    @property
    def merchant_serial(self) -> str:
        """Under which the merchant's key signs requests."""
        return str(self._store.setting("wechat merchant")["serial"])

    @property
    def secret(self) -> str:
        """The key of 32 characters for what notices carry. APIv3 密钥"""
        return str(self._store.setting("wechat merchant")["secret"])

    def write_configuration(self, address: str, platform: str) -> None:
        """Both files that the platform reads, as agreed. 商户配置"""
        wechat = [
            f'app_id = "{APP_ID}"',
            f'merchant = "{MERCHANT}"',
            f'merchant_serial = "{self.merchant_serial}"',
            'merchant_key = "wechat/merchant_key.pem"',
            f'api_v3_key = "{self.secret}"',
            f'address = "{address}/wechat"',
            f'notify_url = "{platform}/notices/wechat"',
            f'refund_notify_url = "{platform}/notices/wechat/refunds"',
            "",
            "[platform_keys]",
            *(f'"{pair.serial}" = "{pair.shown}"' for pair in self.pairs("wechat") if pair.told),
        ]
        shown = ", ".join(f'"{pair.shown}"' for pair in self.pairs("alipay") if pair.told)
        alipay = [
            f'app_id = "{ALIPAY_APP}"',
            f'seller_id = "{ALIPAY_SELLER}"',
            'app_key = "alipay/app_key.pem"',
            f"alipay_keys = [{shown}]",
            f'address = "{address}/alipay/gateway.do"',
            f'notify_url = "{platform}/notices/alipay"',
            f'return_url = "{platform}/pay/back"',
        ]
        rsa.write(self.gateways / "wechat.toml", ("\n".join(wechat) + "\n").encode())
        rsa.write(self.gateways / "alipay.toml", ("\n".join(alipay) + "\n").encode())
