def totales(cosecha):
    if not cosecha:
        return [], []
    por_surco = []
    primero = cosecha[0]
    por_dia = primero
    for surco in cosecha:
        if len(surco) != len(primero):
            return None
        por_surco.append(sum(surco))
    for surco in cosecha[1:]:
        for j in range(len(surco)):
            por_dia[j] = por_dia[j] + surco[j]
    return por_surco, por_dia
