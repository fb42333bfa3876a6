"""Pictures and records from servers, politely: few requests, none twice, none to private networks.

`Downloader` is what others use. Below it, from the wire upwards: `addresses` says which may be asked, `guard`
and `network` open connections only to those, `pace` and `exchange` decide when and how often, `store` and
`ledger` keep what came, `losses` tells what did not.
"""

from morelli.collection.downloads.downloader import Downloader, Fetched
from morelli.collection.downloads.faults import Loss, write_losses
from morelli.collection.downloads.politeness import Politeness

__all__ = ["Downloader", "Fetched", "Loss", "Politeness", "write_losses"]
