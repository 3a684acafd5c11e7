"""Become another user for good. Only root can; nothing gives the rights back."""

from __future__ import annotations

import grp
import os
import pwd

from aif_share.errors import Refusal


def ids_of(user: str, group: str | None = None) -> tuple[int, int]:
    """User and group id of a name on this machine; raise Refusal `user-unknown`."""
    try:
        account = pwd.getpwnam(user)
        return account.pw_uid, account.pw_gid if group is None else grp.getgrnam(group).gr_gid
    except KeyError:
        raise Refusal("user-unknown", "there is no such user or group on this machine") from None


def become_ids(uid: int, gid: int, user: str | None = None) -> None:
    """Become these ids, with the supplementary groups of `user` or none. Raise Refusal `not-root`.

    Nothing happens if this process is that user already.
    """
    if (os.geteuid(), os.getegid()) == (uid, gid):
        return
    if os.geteuid() != 0:
        raise Refusal("not-root", "only root can become another user; start as root, or as that user without --user")
    if user is None:
        os.setgroups([])
    else:
        os.initgroups(user, gid)
    os.setresgid(gid, gid, gid)
    os.setresuid(uid, uid, uid)
