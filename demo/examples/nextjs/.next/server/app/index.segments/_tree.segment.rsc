1:[["children",{"s":"__PAGE__","h":160}]]
0:{"b":"TxZ_FvIEbeOGwTT0l7Ahd","t":{"t":{"s":"","h":80,"c":"$Q1"}}}
