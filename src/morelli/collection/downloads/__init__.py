"""Pictures and records from servers, politely: few requests, none twice, none to private networks.

Begin in `downloader`. Below it, from the wire upwards: `network` opens connections only to addresses that may
be asked, `politeness` decides when and how often, `ledger` keeps what came, `faults` tells what did not.
`kaggle` fetches picture sets by name.
"""

from morelli.collection.downloads.downloader import Downloader, Fetched
from morelli.collection.downloads.faults import Loss, write_losses
from morelli.collection.downloads.politeness import Politeness

__all__ = ["Downloader", "Fetched", "Loss", "Politeness", "write_losses"]
