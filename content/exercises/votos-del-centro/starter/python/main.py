def escrutinio(votos):
    pass
