def totales(cosecha):
    largos = {len(surco) for surco in cosecha}
    if len(largos) > 1:
        return None
    por_surco = [sum(surco) for surco in cosecha]
    por_dia = [sum(dia) for dia in zip(*cosecha)]
    return por_surco, por_dia
