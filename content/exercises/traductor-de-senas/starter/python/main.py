def traducir(frase, glosario):
    pass
