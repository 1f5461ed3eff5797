"""Peak memory (KB) of `indexer worker` while it measures a file. Usage: memory.py INDEXER FILE"""

import json
import os
import subprocess
import sys

child = subprocess.Popen([sys.argv[1], "worker", "--memory", "8192"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
child.stdin.write((json.dumps({"path": os.path.abspath(sys.argv[2])}) + "\n").encode())
child.stdin.close()
answer = child.stdout.read()
_, status, usage = os.wait4(child.pid, 0)
if b'"measured"' not in answer[:200]:
    sys.exit(answer[:500].decode())
print(usage.ru_maxrss)
