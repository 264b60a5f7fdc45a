def peso(mochila, tela=0):
    pass
